"""Reads releases of version 1, which hold their examples in `bank.parquet` alone."""

import io
import json
from typing import Any

from flywheel_client.errors import ExtraMissing, ReleaseDamaged
from flywheel_client.release import BANK, VECTORS, Buffer, Release
from flywheel_client.rows import (
    FILTER_KEYS,
    FILTER_ROWS,
    ROW_INDEX,
    ROWS,
    Rows,
    encode_rows,
    parse_array,
)

_COLUMNS = ("id", "case_id", "messages", "output", "feature", "tenant", "tags", "tokens")


def read_version_1(release: Release) -> tuple[Rows, Buffer]:
    """The rows, made anew from the table, and the bytes of the vectors.

    Raises `ReleaseDamaged`, or `ExtraMissing` without pyarrow.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise ExtraMissing(
            f"release {release.id} is of version 1: pip install 'flywheel-client[parquet]', or "
            "publish anew"
        ) from None
    files = release.load([BANK, VECTORS])
    try:
        table = pq.read_table(io.BytesIO(files[BANK]), columns=list(_COLUMNS)).to_pylist()
        made = encode_rows([_record(row) for row in table])
    except (OSError, ValueError, KeyError, TypeError) as error:  # pyarrow's are among these
        raise ReleaseDamaged(
            f"release {release.id}: {BANK} cannot be read ({type(error).__name__})"
        ) from None
    arrays = [parse_array(made[name]) for name in (ROW_INDEX, FILTER_KEYS, FILTER_ROWS)]
    return Rows(made[ROWS], *arrays), files[VECTORS]


def _record(row: dict[str, Any]) -> dict[str, Any]:
    nested = {name: json.loads(row[name]) for name in ("messages", "tags")}
    return row | nested | {"cluster": row["case_id"]}
