"""The native event format: opens a source by its kind and yields its raw lines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from flywheel.sources.files import Kind
from flywheel.sources.jsonl import read_lines, read_lines_at
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.parquet import read_rows, read_rows_at


def read_source(path: Path, kind: Kind, start: Position, max_line_bytes: int) -> Iterator[RawLine]:
    """The lines of a source from `start` on.

    Raises `UnfinishedSource` after the last complete line of a gzip that ends too early, and
    `SourceError` for a file that cannot be read at all.
    """
    if kind == "parquet":
        return read_rows(path, start, max_line_bytes)
    return read_lines(path, start, max_line_bytes, zipped=kind == "jsonl.gz")


def read_source_at(
    path: Path, kind: Kind, starts: Sequence[Position], max_line_bytes: int
) -> Iterator[RawLine | None]:
    """The lines at the given places, ascending; None for a place that is no longer there."""
    if kind == "parquet":
        return read_rows_at(path, starts, max_line_bytes)
    return read_lines_at(path, starts, max_line_bytes, zipped=kind == "jsonl.gz")
