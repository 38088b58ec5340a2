"""The index of a large bank: usearch's HNSW graph (Malkov and Yashunin, 2016), mapped."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from flywheel_client.embed import Vectors
from flywheel_client.rows import RowNumbers

INDEX_FROM: Final = 50_000
"""A bank of so many examples gets an index; below, comparing with all of them is as fast."""
CONNECTIVITY: Final = 16
EXPANSION_ADD: Final = 128
EXPANSION_SEARCH: Final = 96


def build_index(vectors: Vectors, threads: int = 0) -> bytes:
    """The index of these vectors, keys being their rows; takes minutes for a million."""
    from usearch.index import Index

    index = Index(
        ndim=vectors.shape[1],
        metric="ip",  # of vectors of length 1: the cosine, without dividing by lengths
        dtype="f16",
        connectivity=CONNECTIVITY,
        expansion_add=EXPANSION_ADD,
        expansion_search=EXPANSION_SEARCH,
    )
    index.add(np.arange(len(vectors), dtype=np.uint64), vectors, threads=threads)
    return bytes(index.save() or b"")


def open_index(content: Any, dimensions: int) -> Any:
    """The index over these bytes; none without usearch, and all rows are compared with.

    Raises `ValueError` when the bytes are no such index.
    """
    try:
        from usearch.index import Index
    except ImportError:
        return None
    index = Index.restore(content, view=True, expansion_search=EXPANSION_SEARCH)
    if index is None or index.ndim != dimensions:
        raise ValueError("the index is of other vectors")
    return index


def searcher(index: Any, query: Vectors, size: int) -> Callable[[int], RowNumbers]:
    """Finds about the nearest rows of the release to a query, in no order."""

    def search(count: int) -> RowNumbers:
        matches = index.search(query, min(count, size), threads=1)
        return np.asarray(matches.keys).astype(np.intp)

    return search
