"""Parse, dedupe and store against a plain script with `json`, Pydantic and `executemany`."""

from collections.abc import Iterator

from benchmarks.timing import Comparison


def compare() -> Iterator[Comparison]:
    """To be filled below."""
    yield from ()
