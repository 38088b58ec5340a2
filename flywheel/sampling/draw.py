"""Draws a round: the most telling cases for certain, others by lot, each with its probability.

A take-all stratum beside a simple random sample without replacement (Cochran, "Sampling
Techniques", 1977, chapters 2 and 5): the first is where a reviewer's time says most, the second is
what makes a rate that is estimated from decisions true of all cases.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flywheel.sampling.telling import Frame, Rising, Scored, explain, score_frame
from schemas.draw import Draw, Stratum

Rows = NDArray[np.int64]
_AT_RANDOM: Final = (
    "Drawn at random, {drawn:,} of {rest:,}: such cases show how often reviewers say yes at all."
)


def draw_round(
    frame: Frame,
    round_id: str,
    *,
    size: int,
    random_share: float,
    double_share: float,
    rising: Rising,
    rng: np.random.Generator,
) -> list[Draw]:
    """Up to `size` cases of the frame: the telling ones first, best first, then the random ones.

    `random_share` of the round is drawn at random, one case at the least unless it is 0;
    `double_share` of each stratum goes to two reviewers.
    """
    scored = score_frame(frame, rising)
    drawn = min(size, len(frame))
    by_lot = min(drawn, math.ceil(random_share * drawn))
    ranked = _most_telling_first(scored)
    telling, rest = ranked[: drawn - by_lot], ranked[drawn - by_lot :]
    lot = rng.choice(rest, by_lot, replace=False) if by_lot else rest[:0]
    words = _AT_RANDOM.format(drawn=by_lot, rest=len(rest))
    twice = {*_choose(telling, double_share, rng), *_choose(lot, double_share, rng)}

    def draw(row: int, stratum: Stratum, probability: float, why: str) -> Draw:
        return Draw(
            candidate_id=frame.candidate_ids[row],
            round_id=round_id,
            stratum=stratum,
            probability=probability,
            population=len(frame),
            reviewers=2 if row in twice else 1,
            why=why,
        )

    return [
        *(draw(row, "telling", 1.0, explain(scored, row)) for row in telling.tolist()),
        *(draw(row, "random", by_lot / len(rest), words) for row in lot.tolist()),
    ]


def _most_telling_first(scored: Scored) -> Rows:
    """Equal scores in the frame's order."""
    order: Rows = np.argsort(-scored.total, kind="stable")
    return order


def _choose(rows: Rows, share: float, rng: np.random.Generator) -> list[int]:
    """`share` of the rows; a fraction of a row is one with that probability."""
    wanted = share * len(rows)
    whole = math.floor(wanted)
    count = whole + int(rng.random() < wanted - whole)
    return [int(row) for row in rng.choice(rows, count, replace=False)] if count else []
