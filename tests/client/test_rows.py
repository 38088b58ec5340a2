"""Rows and filters as a client maps them, and releases that have none yet."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flywheel.bank import load_manifest, read_bank
from flywheel.release_files import bank_examples
from flywheel.settings import Settings
from flywheel_client.rows import (
    FILTER_KEYS,
    FILTER_ROWS,
    ROW_INDEX,
    ROWS,
    SHARED,
    Rows,
    column_named,
    encode_array,
    encode_rows,
    parse_array,
)
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams


def _record(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "output": "ü — 漢\n", "tokens": 3, "tags": {}, "feature": None} | fields


def _rows(*records: dict[str, Any]) -> Rows:
    files = encode_rows(records)
    arrays = [parse_array(files[name]) for name in (ROW_INDEX, FILTER_KEYS, FILTER_ROWS)]
    return Rows(memoryview(files[ROWS]), *arrays)


def test_each_row_reads_back_as_it_was_written() -> None:
    """Whatever letters it has: the index counts bytes."""
    records = [_record("a"), _record("b", tags={"lang": "de"}, tokens=7), _record("c", output="")]
    rows = _rows(*records)
    assert list(rows) == records
    assert rows.tokens.tolist() == [3, 7, 3]
    assert len(_rows()) == 0


def test_filters_find_columns_tags_and_what_is_shared() -> None:
    """One value or several, in order, each row once; a value of one column is not another's."""
    rows = _rows(
        _record("a", feature="qa", tenant="acme"),
        _record("b", feature="hr", tags={"feature": "qa"}),
        _record("c", feature="qa", tenant="bolt", tags={"shared": "true"}),
    )
    assert rows.matching("feature", ["qa"]).tolist() == [0, 2]
    assert rows.matching("feature", ["qa", "hr", "qa"]).tolist() == [0, 1, 2]
    assert rows.matching(column_named("tags.feature"), ["qa"]).tolist() == [1]
    assert rows.matching("feature", ["q"]).tolist() == rows.matching("feature", []).tolist() == []
    assert rows.matching(SHARED, [""]).tolist() == [1, 2]
    assert [column_named(name) for name in ("cluster", "lang")] == ["cluster", "tags.lang"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array at all",
        encode_array(np.zeros(9))[:-1],
        encode_array(np.zeros(9)) + b"x",
        encode_array(np.zeros((2, 3), order="F")),
        pytest.param(b"\x93NUMPY\x03\x00" + b"\0" * 90, id="version 3"),
    ],
)
def test_what_is_no_plain_array_is_refused(content: bytes) -> None:
    """Nothing is copied, guessed or unpickled."""
    with pytest.raises(ValueError):
        parse_array(content)


def test_arrays_that_do_not_fit_together_are_refused() -> None:
    """Better no release than one whose rows are off by one."""
    files = encode_rows([_record("a"), _record("b")])
    index, keys, rows = (parse_array(files[n]) for n in (ROW_INDEX, FILTER_KEYS, FILTER_ROWS))
    with pytest.raises(ValueError, match="fit together"):
        Rows(files[ROWS], index, keys, rows[:-1])
    with pytest.raises(ValueError, match="end elsewhere"):
        Rows(files[ROWS][:-1], index, keys, rows)


def _as_version_1(folder: Path) -> None:
    """What a release was before it had rows and filters."""
    examples = bank_examples((folder / "bank.parquet").read_bytes())
    since = {"target", "critical", "labels", "cluster"}  # none was a column then
    strings = [(name, pa.string()) for name in type(examples[0]).model_fields if name not in since]
    rows = []
    for one in examples:
        row = one.model_dump(mode="json", exclude=since)
        nested = {name: json.dumps(row[name]) for name in ("messages", "context", "tags")}
        rows.append(row | nested | {"tokens": 11})
    schema = pa.schema([*strings, ("tokens", pa.int64())])
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "bank.parquet")
    vectors = parse_array((folder / "vectors.npy").read_bytes())
    (folder / "vectors.npy").write_bytes(encode_array(vectors.astype(np.float32)))
    for name in (ROWS, ROW_INDEX, FILTER_KEYS, FILTER_ROWS):
        (folder / name).unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    names = ("bank.parquet", "golden.jsonl", "vectors.npy")
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    manifest |= {"schema_version": 1, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_releases_of_version_1_are_still_read(settings: Settings) -> None:
    """By the client and by the engine, filters and tenants included."""
    releases = settings.releases_path
    examples = [
        example("a", feature="qa", tenant="acme", tags={"lang": "en"}),
        example("b", "Who audits?"),
    ]
    release_id = publish(releases, examples)
    _as_version_1(releases / release_id)
    bank = open_bank(releases, Trigrams())
    assert bank.select("Who audits?", 2).ids == ["b", "a"]
    assert bank.select("Who?", 2, {"feature": "qa", "lang": "en"}).ids == ["a"]
    assert bank.select("Who?", 2, tenant="bolt").ids == ["b"]
    assert bank.select("Who?", 1).tokens == 11
    assert read_bank(settings) == examples
    assert load_manifest(releases, release_id).schema_version == 1
