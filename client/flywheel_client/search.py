"""The nearest rows to a vector: exactly, or by an index where that would take too long."""

from collections.abc import Callable, Collection
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from flywheel_client.embed import Vectors
from flywheel_client.rows import RowNumbers

_BLOCK: Final = 64
_STEP: Final = 1e-6
"""Similarities are rounded to this, so that the last bit of a sum does not decide between equally
near examples."""
_CHUNK: Final = 16_384
"""Rows that are widened at once: 16 MB of 256 single-precision numbers."""
_GIVE_UP: Final = 8192
"""So many found by the index and too few of them allowed: now comparing with all is as fast."""

Found = tuple[RowNumbers, Vectors]
"""Rows and their similarities, best first, equally good ones by row."""


class Ranking(Protocol):
    """The rows that are allowed, in the order of their similarity to one query."""

    def best(self, count: int, left: int | None, seen: Collection[int]) -> Found:
        """The best `count` not yet seen, of at most `left` tokens each."""


class ExactRanking:
    """Every allowed row with its similarity."""

    def __init__(
        self,
        rows: RowNumbers | None,
        scores: Vectors,
        tokens: npt.NDArray[np.int32],
        longest: int,
    ) -> None:
        """`rows`: which rows the scores and tokens are of; none: of all of them.

        `longest` is the most tokens that one of them has: a budget of so many leaves out none.
        """
        self._rows = rows
        self._scores = scores
        self._tokens = tokens
        self._longest = longest

    def best(self, count: int, left: int | None, seen: Collection[int]) -> Found:
        """The best `count` not yet seen, of at most `left` tokens each."""
        scores = self._scores
        if left is not None and left < self._longest:
            scores = np.where(self._tokens <= left, scores, -np.inf)
        if seen:
            scores = scores.copy() if scores is self._scores else scores
            scores[self._places(seen)] = -np.inf
        places, near = top(scores, count)
        return places if self._rows is None else self._rows[places], near

    def _places(self, seen: Collection[int]) -> RowNumbers:
        rows = np.fromiter(seen, np.intp, len(seen))
        return rows if self._rows is None else np.searchsorted(self._rows, rows)


class IndexRanking:
    """What an approximate index finds, compared again exactly; all rows where it finds too few."""

    def __init__(
        self,
        search: Callable[[int], RowNumbers],
        score: Callable[[RowNumbers], Vectors],
        allowed: Callable[[RowNumbers], npt.NDArray[np.bool_]],
        tokens: npt.NDArray[np.int32],
        share: float,
        exact: Callable[[], ExactRanking],
    ) -> None:
        """`share` of all rows are allowed, so that many more have to be looked for."""
        self._search, self._score, self._allowed = search, score, allowed
        self._tokens, self._share = tokens, share
        self._exact = exact
        self._all: ExactRanking | None = None

    def best(self, count: int, left: int | None, seen: Collection[int]) -> Found:
        """The best `count` not yet seen, of at most `left` tokens each."""
        wanted = int((count + len(seen)) / max(self._share, 1e-6)) + _BLOCK
        while self._all is None and wanted <= min(_GIVE_UP, len(self._tokens)):
            rows = np.sort(self._search(wanted))
            rows = rows[self._allowed(rows)]
            if left is not None:
                rows = rows[self._tokens[rows] <= left]
            if seen:
                rows = rows[~np.isin(rows, np.fromiter(seen, np.intp, len(seen)))]
            if rows.size >= count:
                places, near = top(self._score(rows), count)
                return rows[places], near
            wanted *= 4
        self._all = self._all or self._exact()
        return self._all.best(count, left, seen)


def top(scores: Vectors, count: int) -> Found:
    """The places of the `count` highest scores and these, rounded: highest first, no -inf.

    Equal ones come by place. What cannot be among them is left out before anything is rounded or
    sorted. Each pass over many numbers lets another thread have the interpreter, and waits to get
    it back: so there are few.
    """
    if count < scores.size:
        # Two steps lower: rounding may lift what is a little lower to the same score.
        places = (scores >= _lower_bound(scores, count) - 2 * _STEP).nonzero()[0]
    else:
        places = np.arange(scores.size)
    near = scores[places].round(6)
    order = (-near).argsort(kind="stable")[:count]
    places, near = places[order], near[order]
    if near.size and near[-1] == -np.inf:
        there = near > -np.inf
        return places[there], near[there]
    return places, near


def _lower_bound(scores: Vectors, count: int) -> Any:
    """A score that at least `count` reach, and few more: ten times as fast as a partition.

    So many columns have a maximum of this or more, hence at least as many scores.
    """
    columns = scores.size // _BLOCK
    if columns > count:
        scores = scores[: columns * _BLOCK].reshape(_BLOCK, columns).max(axis=0)
    return np.partition(scores, -count)[-count]


def widen(vectors: npt.NDArray[Any]) -> Vectors:
    """Half-precision or 8-bit vectors in single precision, of length 1 again."""
    wide = vectors.astype(np.float32)
    norms = np.sqrt(np.vecdot(wide, wide))[:, None]
    np.divide(wide, norms, out=wide, where=norms > 0)
    return wide


def scan(vectors: npt.NDArray[Any], rows: RowNumbers | None, query: Vectors) -> Vectors:
    """The similarity of mapped vectors to a query, a chunk at a time."""
    total = len(vectors) if rows is None else rows.size
    scores = np.empty(total, np.float32)
    for start in range(0, total, _CHUNK):
        span = slice(start, min(start + _CHUNK, total))
        part = vectors[span] if rows is None else vectors[rows[span]]
        scores[span] = np.vecdot(widen(part), query)
    return scores
