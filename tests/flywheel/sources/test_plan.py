"""A source is read on where it stopped, whatever was done to it meanwhile."""

import gzip
import os
from pathlib import Path

import pytest

from flywheel.sources.files import take_fingerprint
from flywheel.sources.lines import Position
from flywheel.sources.native import read_source
from flywheel.sources.plan import Cursor, Landmark, Plan, plan_reading


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


def after_reading(path: Path) -> Cursor:
    """As it stands after every line was read, with the last as a landmark."""
    seen = take_fingerprint(path)
    *_, last = read_source(path, seen.kind, Position(), 2**20)
    return Cursor(seen, last.end, True, 1, Landmark(last.offset, last.sha256))


def test_a_file_with_the_old_head_and_other_content_behind_it_was_replaced(log: Path) -> None:
    """The last line that was read does not stand where it stood: nothing of it is skipped."""
    log.write_bytes(b"head" * 20_000 + b"\none\ntwo\n")
    cursor = after_reading(log)
    log.write_bytes(b"head" * 20_000 + b"\nnew\nold\nmore\n")
    assert plan(log, cursor) == ("replaced", 0)
    log.write_bytes(b"head" * 20_000 + b"\none\ntwo\nmore\n")
    assert plan(log, cursor) == ("grew", 80_009)


@pytest.mark.parametrize("name", ["a.jsonl.1", "a.jsonl-20250106"])
def test_a_source_that_was_rotated_away_is_read_on(log: Path, name: str) -> None:
    """Under its new name, from where the old one stopped; the new file is read from its start."""
    cursors = {str(log): after_reading(log)}
    rotated = log.rename(log.with_name(name))
    with rotated.open("ab") as file:
        file.write(b"late\n")
    log.write_bytes(b"fresh\n")
    found = plan_reading(rotated, None, cursors)
    assert (found.change, found.start.offset, found.was) == ("renamed", 8, str(log))
    assert plan_reading(log, cursors[str(log)], cursors).change == "replaced"


def test_a_source_that_was_compressed_is_read_on(log: Path) -> None:
    """By its unpacked head and its last line."""
    cursors = {str(log): after_reading(log)}
    packed = log.with_name("a.jsonl.gz")
    packed.write_bytes(gzip.compress(log.read_bytes() + b"late\n"))
    found = plan_reading(packed, None, cursors)
    assert (found.change, found.start.offset) == ("compressed", 8)
    packed.write_bytes(gzip.compress(b"one\nTWO\nlate\n"))
    assert plan_reading(packed, None, cursors).change == "new"


def test_a_stranger_of_the_same_beginning_is_no_old_acquaintance(log: Path) -> None:
    """Another name, or fewer bytes: read from its start, which costs time and loses nothing."""
    cursors = {str(log): after_reading(log)}
    for name, content in (("b.jsonl", b"one\ntwo\nx\n"), ("a.jsonl.1", b"one\n")):
        other = log.with_name(name)
        other.write_bytes(content)
        assert plan_reading(other, None, cursors).change == "new"


@pytest.mark.parametrize("content", [b"one\n", b""])
def test_a_source_that_shrank_is_read_anew(log: Path, content: bytes) -> None:
    """The same head, fewer bytes."""
    cursor = cursor_of(log)
    log.write_bytes(content)
    assert plan(log, cursor)[0] in ("shrank", "replaced") and plan(log, cursor)[1] == 0


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
