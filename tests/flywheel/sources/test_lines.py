"""Batches are bounded by lines and by bytes, and the last one knows that it is the last."""

import hashlib

from flywheel.sources.lines import Limits, Position, RawBatch, RawLine, batched


def lines(*sizes: int) -> list[RawLine]:
    return [RawLine(n, n, Position(n + 1, n + 1), b"x" * size) for n, size in enumerate(sizes, 1)]


def shape(batches: list[RawBatch]) -> list[tuple[list[int], bool]]:
    return [([line.number for line in batch.lines], batch.finished) for batch in batches]


def test_a_batch_has_so_many_lines_at_the_most() -> None:
    """The end of the source is known together with the last line."""
    found = list(batched(lines(1, 1, 1, 1, 1), Limits(2, 100, 100)))
    assert shape(found) == [([1, 2], False), ([3, 4], False), ([5], True)]
    assert [batch.end.offset for batch in found] == [3, 5, 6]


def test_a_source_that_fills_its_batches_ends_with_the_last_of_them() -> None:
    """No empty batch comes after it."""
    assert shape(list(batched(lines(1, 1), Limits(2, 100, 100)))) == [([1, 2], True)]
    assert list(batched([], Limits(2, 100, 100))) == []


def test_a_batch_has_so_many_bytes_at_the_most() -> None:
    """One line that is larger than a batch may be makes a batch by itself."""
    found = list(batched(lines(6, 5, 20, 1), Limits(10, 10, 100)))
    assert shape(found) == [([1], False), ([2], False), ([3], False), ([4], True)]


def test_no_more_is_read_than_a_batch_and_a_line() -> None:
    """Memory is bounded by the batch, not by the file."""
    read = []

    def source() -> list[RawLine]:
        for line in lines(*[1] * 100):
            read.append(line.number)
            yield line

    next(batched(source(), Limits(10, 1000, 100)))
    assert len(read) == 11


def test_a_line_never_shows_its_bytes() -> None:
    """A line in a traceback or log is a place and no text."""
    line = RawLine(1, 0, Position(6, 2), b"secret")
    assert "secret" not in repr(line)
    assert line.sha256 == hashlib.sha256(b"secret").hexdigest()
