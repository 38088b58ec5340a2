"""Which of the nearest rows are taken: within a budget of tokens, and unlike each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from flywheel_client.embed import Vectors
from flywheel_client.rows import RowNumbers
from flywheel_client.search import Ranking

_PAGES: Final = 32
"""With an exact count nobody knows beforehand what fits: so many pools are looked through."""


@dataclass
class Basket:
    """What was taken so far: at most `k` rows, together at most `left` tokens more."""

    k: int
    left: int | None
    tokens_of: Callable[[int], int]
    rows: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether nothing more is wanted."""
        return len(self.rows) == self.k

    def offer(self, row: int, score: float) -> bool:
        """Take the row if it fits into what is left of the budget."""
        if self.left is not None:
            tokens = self.tokens_of(row)
            if tokens > self.left:
                return False
            self.left -= tokens
        self.rows.append(row)
        self.scores.append(score)
        return True


def fill(
    basket: Basket,
    ranking: Ranking,
    vectors_of: Callable[[RowNumbers], Vectors],
    diversity: float,
    estimated: bool,
) -> None:
    """Fill the basket from the ranking, pool by pool.

    `estimated`: the ranking knows the tokens that the basket counts, so it can leave out
    beforehand what no longer fits; what is too long now stays too long.
    """
    bounded = basket.left is not None
    pool = max(32, 4 * basket.k) if bounded or diversity else basket.k
    seen: set[int] = set()
    for _ in range(basket.k if estimated else _PAGES):
        rows, scores = ranking.best(pool, basket.left if estimated else None, seen)
        if diversity and rows.size:
            _take_unlike(basket, rows, scores, vectors_of, diversity)
        else:
            _take_nearest(basket, rows, scores)
        if basket.full or not bounded or rows.size < pool:
            break
        seen.update(rows.tolist())


def _take_nearest(basket: Basket, rows: RowNumbers, scores: Vectors) -> None:
    for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
        if basket.full:
            break
        basket.offer(row, score)


def _take_unlike(
    basket: Basket,
    rows: RowNumbers,
    scores: Vectors,
    vectors_of: Callable[[RowNumbers], Vectors],
    diversity: float,
) -> None:
    """Maximal marginal relevance (Carbonell and Goldstein, 1998) within the pool.

    The next is the one with the highest (1 - diversity) · similarity to the query
    - diversity · similarity to the most similar of those taken.
    """
    vectors = vectors_of(rows)
    share = np.float32(diversity)
    relevance = scores * np.float32(1 - diversity)
    worth = relevance.copy()  # an example unlike all others loses nothing, and gains nothing
    for vector in vectors_of(np.array(basket.rows, np.intp)):
        np.minimum(worth, relevance - np.vecdot(vectors, vector) * share, out=worth)
    offers = list(zip(rows.tolist(), scores.tolist(), strict=True))
    for _ in offers:
        place = int(worth.argmax())
        if basket.offer(*offers[place]):
            if basket.full:
                break
            likeness = np.vecdot(vectors, vectors[place])
            likeness *= share
            np.subtract(relevance, likeness, out=likeness)
            np.minimum(worth, likeness, out=worth)
        relevance[place] = worth[place] = -np.inf
