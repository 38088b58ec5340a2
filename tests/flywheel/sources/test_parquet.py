"""Parquet rows are the same events as lines of JSON, and memory is bounded by a few rows."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flywheel.errors import SourceError
from flywheel.parse import parse_line
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.native import read_source
from flywheel.sources.parquet import read_rows, read_rows_at
from schemas.event import EVENT, Feedback, Interaction
from schemas.fault import Fault, Reason
from tests.schemas.test_event import FULL
from tests.streams import as_line, feedback, interaction, write_parquet

LIMIT = 100_000


def read(path: Path, start: int = 0) -> list[RawLine]:
    return list(read_rows(path, Position(start, start + 1), LIMIT))


def table(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_a_row_is_the_event_that_a_line_is(tmp_path: Path) -> None:
    """Nested structs and lists included; the nulls of a mixed file are absent keys."""
    events = [interaction(**FULL), feedback(), interaction("i-2")]
    path = write_parquet(tmp_path / "a.parquet", events)
    found = [parse_line(line, "a") for line in read_source(path, "parquet", Position(), LIMIT)]
    assert found == [EVENT.validate_json(as_line(event)) for event in events]


def test_rows_have_numbers_and_offsets(tmp_path: Path) -> None:
    """The line is the row from 1, the offset the row from 0."""
    path = write_parquet(tmp_path / "a.parquet", [feedback(f"f-{n}") for n in range(3)])
    assert [(line.number, line.offset, line.end) for line in read(path)] == [
        (1, 0, Position(1, 2)),
        (2, 1, Position(2, 3)),
        (3, 2, Position(3, 4)),
    ]


@pytest.mark.parametrize("start", [0, 1, 99, 100, 101, 255, 256, 257, 599, 600, 700])
def test_reading_goes_on_from_any_row(tmp_path: Path, start: int) -> None:
    """Over the seams of row groups and of the batches within."""
    events = [feedback(f"f-{n}") for n in range(600)]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(events), path, row_group_size=300)
    ids = [json.loads(line.data)["id"] for line in read(path, start)]
    assert ids == [f"f-{n}" for n in range(start, 600)]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_time_may_be_a_timestamp(tmp_path: Path, unit: str) -> None:
    """Of any unit, with a zone; nanoseconds are cut off."""
    moment = datetime(2025, 1, 6, 9, tzinfo=UTC)
    times = pa.array([moment]).cast(pa.timestamp(unit, "UTC"))
    path = table(tmp_path / "a.parquet", type=["feedback"], id=["f"], time=times,
                 interaction_id=["i"], signal=["share"])  # fmt: skip
    event = parse_line(read(path)[0], "a")
    assert isinstance(event, Feedback) and event.time == moment


def test_a_timestamp_without_a_zone_is_refused(tmp_path: Path) -> None:
    """Nobody knows which moment it means."""
    times = pa.array([datetime(2025, 1, 6, 9)])  # noqa: DTZ001
    path = table(tmp_path / "a.parquet", type=["feedback"], id=["f"], time=times,
                 interaction_id=["i"], signal=["share"])  # fmt: skip
    found = parse_line(read(path)[0], "a")
    assert isinstance(found, Fault) and found.reason == Reason.TIME_INVALID


def test_columns_of_other_types_become_what_json_has(tmp_path: Path) -> None:
    """Decimals are numbers, maps are objects, days are tags."""
    tags = pa.array([[("region", "EU")]], pa.map_(pa.string(), pa.string()))
    messages = [[{"role": "user", "content": "x"}]]
    path = table(tmp_path / "a.parquet", type=["interaction"], id=["i"],
                 time=["2025-01-06T09:00:00Z"], messages=messages, output=["y"],
                 cost_usd=[Decimal("0.25")], tags=tags, day=[date(2025, 1, 6)],
                 raw=[b"x"])  # fmt: skip
    event = parse_line(read(path)[0], "a")
    assert isinstance(event, Interaction)
    assert event.cost_usd == 0.25
    assert event.tags["region"] == "EU" and event.tags["day"] == "2025-01-06"


def test_a_row_that_is_no_utf_8_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    """Parquet does not check its strings; the row is a fault, the others are events."""
    broken = pa.array([b"f-1", b"\xff", b"f-3"]).view(pa.string())
    path = table(tmp_path / "a.parquet", type=["feedback"] * 3, id=broken,
                 time=["2025-01-06T09:00:00Z"] * 3, interaction_id=["i"] * 3,
                 signal=["share"] * 3)  # fmt: skip
    found = [parse_line(line, "a") for line in read(path)]
    assert isinstance(found[0], Feedback) and isinstance(found[2], Feedback)
    assert isinstance(found[1], Fault) and found[1].reason == Reason.NOT_UTF8


@pytest.mark.parametrize(
    ("value", "type"),
    [
        (-(2**60), pa.timestamp("us", "UTC")),
        (-(2**30), pa.date32()),
        (1, pa.timestamp("us", "Nowhere/Land")),
    ],
    ids=["before year 1", "a date before year 1", "a zone that is nowhere"],
)
def test_a_time_that_python_cannot_hold_does_not_stop_its_neighbours(
    value: int, type: pa.DataType, tmp_path: Path
) -> None:
    """A writer's wrong unit gives years like -34565; the row is a fault."""
    path = tmp_path / "a.parquet"
    when = pa.array([None, value, None], type)
    pq.write_table(pa.table({"id": ["a", "b", "c"], "time": when}), path)
    lines = read(path)
    assert [line.fault for line in lines] == [None, Reason.TIME_INVALID, None]
    assert [json.loads(lines[n].data)["id"] for n in (0, 2)] == ["a", "c"]


def test_a_row_that_is_too_long_is_a_fault(tmp_path: Path) -> None:
    """By its length as JSON."""
    path = write_parquet(tmp_path / "a.parquet", [interaction(output="x" * LIMIT), feedback()])
    found = read(path)
    assert [line.fault for line in found] == [Reason.LINE_TOO_LONG, None]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1 still being written"])
def test_a_file_that_is_not_whole_is_named(tmp_path: Path, data: bytes) -> None:
    """Its footer comes last: until then there is nothing to read."""
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"a\.parquet: not a complete Parquet file"):
        read(path)


def test_single_rows_are_found_again(tmp_path: Path) -> None:
    """With the same bytes, so that their hash can be compared; a row beyond the end is None."""
    path = write_parquet(tmp_path / "a.parquet", [feedback(f"f-{n}") for n in range(300)])
    whole = read(path)
    starts = [Position(7, 8), Position(299, 300), Position(300, 301)]
    again = list(read_rows_at(path, starts, LIMIT))
    assert [line and line.sha256 for line in again] == [whole[7].sha256, whole[299].sha256, None]


def test_progress_is_the_share_of_rows(tmp_path: Path) -> None:
    """It ends at the size of the file."""
    path = write_parquet(tmp_path / "a.parquet", [feedback(f"f-{n}") for n in range(10)])
    done = [line.done for line in read(path)]
    assert done == sorted(done) and done[-1] == path.stat().st_size


HOG = """
import resource, sys
from pathlib import Path
from flywheel.sources.jsonl import RefusedSource
from flywheel.sources.lines import Position
from flywheel.sources.parquet import read_rows
import pyarrow.parquet
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    for line in read_rows(Path(sys.argv[1]), Position(), 2**23):
        print(line.number)
except RefusedSource as refused:
    print(refused)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 2**10)
"""


def test_a_gigantic_cell_is_not_unpacked(tmp_path: Path) -> None:
    """256 MB in a few kilobytes: the row groups before it are read, and memory stays."""
    path = tmp_path / "a.parquet"
    schema = pa.schema([("id", pa.string()), ("output", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
        writer.write_table(pa.table({"id": ["a", "b"], "output": ["x", "y"]}, schema))
        writer.write_table(pa.table({"id": ["c"], "output": ["z" * (2**28 + 1024)]}, schema))
    assert path.stat().st_size < 2**20
    done = subprocess.run(
        [sys.executable, "-c", HOG, path], capture_output=True, text=True, check=True
    )
    first, second, refused, grown_mb = done.stdout.splitlines()
    assert (first, second) == ("1", "2")
    assert refused.startswith("refused: a column of row group 1 unpacks to 268,4")
    assert int(grown_mb) < 128


def test_a_gigantic_cell_among_many_rows_is_not_unpacked(tmp_path: Path) -> None:
    """300 MB in one cell of a row group whose 2,000 rows could well have as much together."""
    path = tmp_path / "a.parquet"
    schema = pa.schema([("id", pa.string()), ("output", pa.string())])
    ids = [str(n) for n in range(2000)]
    outputs = ["z" * 300 * 2**20 if n == 1000 else "y" for n in range(2000)]
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
        writer.write_table(pa.table({"id": ["a"], "output": ["x"]}, schema))
        writer.write_table(pa.table({"id": ids, "output": outputs}, schema))
    assert path.stat().st_size < 2**20
    done = subprocess.run(
        [sys.executable, "-c", HOG, path], capture_output=True, text=True, check=True
    )
    first, refused, grown_mb = done.stdout.splitlines()
    assert first == "1"
    assert refused.startswith("refused: a page of row group 1 unpacks to 314,5")
    assert int(grown_mb) < 128


def test_a_value_that_stands_in_many_rows_is_not_held_for_all_of_them(tmp_path: Path) -> None:
    """A dictionary makes a large value cheap on disk: the fewer rows are decoded at once."""
    large = "z" * 2**22
    path = table(tmp_path / "a.parquet", id=[str(n) for n in range(40)], output=[large] * 40)
    assert path.stat().st_size < 2**22
    lines = list(read_rows(path, Position(), 2**20))
    assert [line.number for line in lines] == list(range(1, 41))
    assert {line.fault for line in lines} == {Reason.LINE_TOO_LONG}


def test_a_place_in_what_is_refused_now_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lower limit breaks no look at a single row."""
    path = write_parquet(tmp_path / "a.parquet", [interaction(f"i-{n}") for n in range(5)])
    monkeypatch.setattr("flywheel.sources.parquet._AT_ONCE", 10)
    assert list(read_rows_at(path, [Position(3, 4)], 1)) == [None]
