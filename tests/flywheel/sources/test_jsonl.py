"""JSON lines are read from any offset, whatever their ends are and wherever a gzip stops."""

import gzip
import hashlib
import io
import zlib
from pathlib import Path

import pytest

from flywheel.sources.jsonl import UnfinishedSource, read_lines, read_lines_at
from flywheel.sources.lines import Position, RawLine
from schemas.fault import Reason

LIMIT = 1024


def read(path: Path, start: Position | None = None, limit: int = LIMIT) -> list[RawLine]:
    zipped = path.suffix == ".gz"
    return list(read_lines(path, start or Position(), limit, zipped=zipped))


def file(tmp_path: Path, data: bytes, name: str = "a.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_lines_come_with_number_and_offset(tmp_path: Path, name: str) -> None:
    """LF and CR LF both end a line; offsets are of uncompressed bytes."""
    found = read(file(tmp_path, b"one\r\n\nthree\nfour", name))
    assert [(line.number, line.offset, line.data) for line in found] == [
        (1, 0, b"one"),
        (2, 5, b""),
        (3, 6, b"three"),
        (4, 12, b"four"),
    ]
    assert [line.terminated for line in found] == [True, True, True, False]
    assert [line.end for line in found] == [
        Position(5, 2), Position(6, 3), Position(12, 4), Position(16, 4),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_reading_goes_on_from_any_line(tmp_path: Path, name: str) -> None:
    """From the end of each line, the rest is as it was."""
    path = file(tmp_path, b"one\r\n\nthree\nfour\n", name)
    whole = read(path)
    for n, line in enumerate(whole[:-1]):
        rest = read(path, line.end)
        assert [(r.number, r.offset, r.data) for r in rest] == [
            (w.number, w.offset, w.data) for w in whole[n + 1 :]
        ]


@pytest.mark.parametrize("rest", [b"\ntwo\n", b"\r\ntwo\n"])
def test_the_late_end_of_a_line_that_was_taken_is_no_line(tmp_path: Path, rest: bytes) -> None:
    """The next line has the next number."""
    first = read(file(tmp_path, b"one"))[0]
    found = read(file(tmp_path, b"one" + rest), first.end)
    assert [(line.number, line.data) for line in found] == [(2, b"two")]


def test_more_text_on_a_line_that_was_taken_is_a_line(tmp_path: Path) -> None:
    """It is not swallowed: it gets a place and becomes a fault."""
    first = read(file(tmp_path, b"one"))[0]
    found = read(file(tmp_path, b"one more\ntwo\n"), first.end)
    assert [(line.number, line.offset, line.data) for line in found] == [
        (1, 3, b" more"),
        (2, 9, b"two"),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 2, 70_000, 200_000])
def test_a_line_that_is_too_long_is_hashed_and_not_held(
    tmp_path: Path, size: int, end: bytes
) -> None:
    """The limit counts the bytes without their end; the next line is whole."""
    body = bytes(n % 251 + 1 for n in range(size)).replace(b"\n", b"x").replace(b"\r", b"y")
    found = read(file(tmp_path, body + end + (b"next\n" if end else b"")))
    long = found[0]
    assert long.sha256 == hashlib.sha256(body).hexdigest()
    assert long.terminated == bool(end)
    if size > LIMIT:
        assert (long.fault, long.data) == (Reason.LINE_TOO_LONG, b"")
    else:
        assert (long.fault, long.data) == (None, body)
    if end:
        assert (found[1].number, found[1].data) == (2, b"next")
        assert found[1].offset == size + len(end)


def test_a_gzip_of_several_members_is_one_stream(tmp_path: Path) -> None:
    """Loggers append members; a line may run over the seam."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"one\ntw") + gzip.compress(b"o\nthree\n"))
    assert [line.data for line in read(path)] == [b"one", b"two", b"three"]


def test_a_truncated_gzip_gives_the_lines_that_are_whole(tmp_path: Path) -> None:
    """Cut at any byte: what unpacks as whole lines comes, then a plain word, never a bad line."""
    text = [f"line {n} {hashlib.sha256(str(n).encode()).hexdigest()}".encode() for n in range(400)]
    whole = gzip.compress(b"\n".join(text) + b"\n")
    path = tmp_path / "a.jsonl.gz"
    for cut in range(30, len(whole), 997):
        path.write_bytes(whole[:cut])
        unpacked = zlib.decompressobj(31).decompress(whole[:cut])
        found: list[bytes] = []
        with pytest.raises(UnfinishedSource, match="truncated gzip"):
            found.extend(line.data for line in read_lines(path, Position(), LIMIT, zipped=True))
        assert found == text[: unpacked.count(b"\n")]


def test_reading_goes_on_when_a_gzip_is_whole(tmp_path: Path) -> None:
    """From the last complete line of the truncated file."""
    text = [f"line {n} {hashlib.sha256(str(n).encode()).hexdigest()}".encode() for n in range(400)]
    whole = gzip.compress(b"\n".join(text) + b"\n")
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    some: list[RawLine] = []
    with pytest.raises(UnfinishedSource):
        some.extend(read_lines(path, Position(), LIMIT, zipped=True))
    path.write_bytes(whole)
    assert [line.data for line in [*some, *read(path, some[-1].end)]] == text


def test_a_damaged_gzip_says_so_after_the_lines_before(tmp_path: Path) -> None:
    """A broken block, a wrong checksum, or rubbish behind the last member."""
    good = gzip.compress(b"one\ntwo\n")
    wrong_sum = good[:-8] + bytes(8)
    path = tmp_path / "a.jsonl.gz"
    for data in (good + b"rubbish behind it", wrong_sum):
        path.write_bytes(data)
        with pytest.raises(UnfinishedSource, match="damaged gzip"):
            read(path)
    path.write_bytes(good[:12] + b"\xff\xff\xff" + good[15:])
    with pytest.raises(UnfinishedSource):
        read(path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_single_lines_are_found_again_by_their_offset(tmp_path: Path, name: str) -> None:
    """A place that is no longer there gives None."""
    path = file(tmp_path, b"one\ntwo\nthree\n", name)
    starts = [Position(4, 2), Position(8, 3), Position(100, 9)]
    again = list(read_lines_at(path, starts, LIMIT, zipped=name.endswith(".gz")))
    assert [line and (line.number, line.data) for line in again] == [
        (2, b"two"),
        (3, b"three"),
        None,
    ]


def test_a_line_behind_the_cut_of_a_gzip_is_not_there(tmp_path: Path) -> None:
    """Looking for it is no crash."""
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"one\ntwo\n")[:-10])
    starts = [Position(0, 1), Position(5000, 2)]
    assert list(read_lines_at(path, starts, LIMIT, zipped=True))[1] is None


def test_progress_counts_bytes_of_the_file(tmp_path: Path) -> None:
    """For a gzip the packed bytes, so that done over size is a share."""
    path = tmp_path / "a.jsonl.gz"
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as out:
        for n in range(20_000):
            out.write(hashlib.sha256(str(n).encode()).hexdigest().encode() + b"\n")
    path.write_bytes(buffer.getvalue())
    done = [line.done for line in read(path)]
    assert done == sorted(done)
    assert 0 < done[0] < done[-1] == path.stat().st_size
