"""The index of a large bank: usearch's HNSW graph (Malkov and Yashunin, 2016), mapped."""

import importlib.util
from typing import Final

import numpy as np

from flywheel_client.embed import Vectors
from flywheel_client.rows import Buffer, RowNumbers

INDEX_FROM: Final = 50_000
"""A bank of so many examples gets an index; below, comparing with all of them is as fast."""
CONNECTIVITY: Final = 16
EXPANSION_ADD: Final = 64
EXPANSION_SEARCH: Final = 128
"""What it finds is compared again with the vectors themselves, so it may be coarse (8 bits) and
quick to build; `make bench-bank` prints its recall."""


def build_index(vectors: Vectors, threads: int = 0) -> bytes:
    """The index of these vectors, keys being their rows; takes minutes for a million."""
    from usearch.index import Index

    index = Index(
        ndim=vectors.shape[1],
        metric="ip",  # of vectors of length 1: the cosine, without dividing by lengths
        dtype="i8",
        connectivity=CONNECTIVITY,
        expansion_add=EXPANSION_ADD,
        expansion_search=EXPANSION_SEARCH,
    )
    index.add(np.arange(len(vectors), dtype=np.uint64), vectors, threads=threads)
    return bytes(index.save() or b"")


class OpenIndex:
    """An index over bytes that somebody else has mapped."""

    def __init__(self, content: Buffer, dimensions: int) -> None:
        """Raises `ValueError` when the bytes are no index of such vectors."""
        from usearch.index import Index

        try:
            index = Index.restore(content, view=True, expansion_search=EXPANSION_SEARCH)
        except RuntimeError as error:
            raise ValueError(str(error)) from None
        if index is None or index.ndim != dimensions:
            raise ValueError("the index is of other vectors")
        self._index = index
        self._content = content  # usearch reads it, and does not keep it alive

    def search(self, query: Vectors, count: int) -> RowNumbers:
        """About the nearest rows to a query, in no order."""
        matches = self._index.search(query, min(count, len(self._index)), threads=1)
        return np.asarray(matches.keys).astype(np.intp)


def open_index(content: Buffer, dimensions: int) -> OpenIndex | None:
    """The index over these bytes; none without usearch: then all rows are compared with.

    Raises `ValueError` when the bytes are no such index.
    """
    if importlib.util.find_spec("usearch") is None:
        return None
    return OpenIndex(content, dimensions)
