"""Parquet: the same columns as the event format, a row at a time as JSON, memory bounded."""

import hashlib
import json
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from flywheel.errors import SourceError
from flywheel.sources.jsonl import RefusedSource
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.pages import DamagedPages, page_sizes
from schemas.fault import Reason

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ColumnChunkMetaData, ParquetFile, RowGroupMetaData

_ROWS: Final = 256
"""Rows decoded at once, where none can be large."""

_AT_ONCE: Final = 2**28
"""Bytes that the rows decoded at once may come to: one value may be a whole page of its column."""

_COLUMN: Final = 2**32
"""Bytes of one column in one row group: no writer's default comes near it."""


def read_rows(path: Path, start: Position, max_line_bytes: int) -> Iterator[RawLine]:
    """Yield the rows from `start` on as lines of JSON; a null is an absent key.

    Raises `SourceError` for a file that is no complete Parquet file, and `RefusedSource` before a
    row group of which one column is larger than all its rows may be, or one page than is unpacked.
    """
    import pyarrow as pa

    size = path.stat().st_size
    try:
        with path.open("rb") as raw, _open(path) as file:
            total = file.metadata.num_rows
            for row, data in _rows_from(file, raw, start.offset, max_line_bytes):
                done = size * (row + 1) // total
                yield _as_line(row, data, max_line_bytes, done)
    except (pa.ArrowException, OSError):
        raise SourceError(
            f"{path}: not a complete Parquet file; is it still being written?"
        ) from None


def read_rows_at(
    path: Path, starts: Sequence[Position], max_line_bytes: int
) -> Iterator[RawLine | None]:
    """One row for each start; None where the file has no such row."""
    for start in starts:
        try:
            yield next(read_rows(path, start, max_line_bytes), None)
        except RefusedSource:  # a lower limit than when it was read
            yield None


def _open(path: Path) -> "ParquetFile":
    from pyarrow.parquet import ParquetFile

    return ParquetFile(path)


def _rows_from(
    file: "ParquetFile", raw: BinaryIO, start: int, max_line_bytes: int
) -> Iterator[tuple[int, dict[str, Any] | Reason]]:
    """Row numbers and rows; a reason for a row that cannot be decoded."""
    first = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if start < first + rows:
            at = first
            count = _rows_at_once(file.metadata.row_group(group), raw, group, max_line_bytes)
            for batch in file.iter_batches(count, row_groups=[group]):
                skipped = max(0, min(batch.num_rows, start - at))
                for n, row in enumerate(_decode(batch.slice(skipped))):
                    yield at + skipped + n, row
                at += batch.num_rows
        first += rows


def _rows_at_once(meta: "RowGroupMetaData", raw: BinaryIO, group: int, max_line_bytes: int) -> int:
    """By the file's own word on its columns and their pages, before any is unpacked."""
    columns = [meta.column(n) for n in range(meta.num_columns)]
    largest = max((column.total_uncompressed_size for column in columns), default=0)
    if largest > min(_COLUMN, max(_AT_ONCE, meta.num_rows * max_line_bytes)):
        raise RefusedSource(
            f"refused: a column of row group {group} unpacks to {largest:,} bytes, more than its "
            f"{meta.num_rows:,} rows may have; the row groups before were read"
        )
    try:
        page = max((max(_pages_of(column, raw), default=0) for column in columns), default=0)
    except DamagedPages:
        raise RefusedSource(
            f"refused: row group {group} has damaged pages; the row groups before were read"
        ) from None
    if page > _AT_ONCE:
        raise RefusedSource(
            f"refused: a page of row group {group} unpacks to {page:,} bytes, over {_AT_ONCE:,}; "
            "the row groups before were read"
        )
    return max(1, min(_ROWS, _AT_ONCE // max(1, page)))


def _pages_of(column: "ColumnChunkMetaData", raw: BinaryIO) -> Iterator[int]:
    start = column.data_page_offset
    if column.has_dictionary_page and column.dictionary_page_offset:  # it stands before the data
        start = min(start, column.dictionary_page_offset)
    return page_sizes(raw, start, column.total_compressed_size)


def _decode(batch: "pa.RecordBatch") -> list[dict[str, Any] | Reason]:
    """Rows as dicts, a column at a time; timestamps of any unit as microseconds."""
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        if pa.types.is_timestamp(column.type):  # nanoseconds do not fit a datetime
            column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        columns.append(column)
    exact = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a map's key that comes twice the last one counts
            return list(exact.to_pylist(maps_as_pydicts="lossy"))
    except (UnicodeDecodeError, OverflowError, ValueError, LookupError) as error:
        if exact.num_rows == 1:
            return [Reason.NOT_UTF8 if isinstance(error, UnicodeError) else Reason.TIME_INVALID]
        return [row for n in range(exact.num_rows) for row in _decode(exact.slice(n, 1))]


def _as_line(row: int, data: dict[str, Any] | Reason, limit: int, done: int) -> RawLine:
    end = Position(row + 1, row + 2)
    if isinstance(data, Reason):
        sha256 = hashlib.sha256(str(row).encode()).hexdigest()
        return RawLine(row + 1, row, end, b"", data, sha256, done=done)
    line = json.dumps(_without_nulls(data), ensure_ascii=False, default=_plain).encode()
    if len(line) > limit:
        sha256 = hashlib.sha256(line).hexdigest()
        return RawLine(row + 1, row, end, b"", Reason.LINE_TOO_LONG, sha256, done=done)
    return RawLine(row + 1, row, end, line, done=done)


def _without_nulls(value: Any) -> Any:
    """Columns of mixed rows are null where JSON would leave the key out."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return repr(type(value))  # a column of a type that the format does not know: kept as a tag
