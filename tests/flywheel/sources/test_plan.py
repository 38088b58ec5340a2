"""A source is read on where it stopped, whatever was done to it meanwhile."""

import os
from pathlib import Path

import pytest

from flywheel.sources.files import take_fingerprint
from flywheel.sources.lines import Position
from flywheel.sources.plan import Cursor, Plan, plan_reading


def cursor_of(path: Path, *, finished: bool = True) -> Cursor:
    """As it stands after the whole file was read."""
    seen = take_fingerprint(path)
    return Cursor(seen, Position(seen.size, 3), finished, seq=1)


def plan(path: Path, cursor: Cursor) -> tuple[str, int]:
    found: Plan = plan_reading(path, cursor)
    return found.change, found.start.offset


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\ntwo\n")
    return path


def test_a_new_source_is_read_from_its_start(log: Path) -> None:
    """Without a cursor there is nothing to go on from."""
    found = plan_reading(log, None)
    assert (found.change, found.start) == ("new", Position(0, 1))


def test_an_unchanged_source_is_not_read(log: Path) -> None:
    """A touched time of change is no change."""
    cursor = cursor_of(log)
    os.utime(log, (0, 0))
    assert plan(log, cursor) == ("unchanged", 8)


def test_a_source_whose_reading_was_cut_off_goes_on(log: Path) -> None:
    """The same file, not read to its end."""
    assert plan(log, cursor_of(log, finished=False)) == ("going on", 8)


def test_a_source_that_grew_is_read_on(log: Path) -> None:
    """The old head still stands."""
    cursor = cursor_of(log)
    with log.open("ab") as file:
        file.write(b"three\n")
    assert plan(log, cursor) == ("grew", 8)


@pytest.mark.parametrize("content", [b"ONE\ntwo\n", b"ONE\ntwo\nthree\n", b"one\n", b""])
def test_a_source_that_was_replaced_is_read_anew(log: Path, content: bytes) -> None:
    """Another head, or fewer bytes than before."""
    cursor = cursor_of(log)
    log.write_bytes(content)
    assert plan(log, cursor) == ("replaced", 0)


def test_a_parquet_file_is_never_appended_to(tmp_path: Path) -> None:
    """Another size, or another footer: another file."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100_000 + b"PAR1")
    cursor = cursor_of(path)
    assert plan(path, cursor)[0] == "unchanged"
    path.write_bytes(b"PAR1" + b"x" * 100_010 + b"PAR1")
    assert plan(path, cursor) == ("replaced", 0)
    path.write_bytes(b"PAR1" + b"x" * 99_990 + b"tail  here" + b"PAR1")
    assert plan(path, cursor) == ("replaced", 0)
