"""How much each signal says about an answer: the one table of weights, and its version.

A weight is a log-likelihood ratio, log P(signal | good) / P(signal | bad): 0 says nothing, 1.1 is
3 to 1, 2.5 is 12 to 1. They are set by reasoning and by what is published on such signals, not
fitted to one product's logs. `flywheel refit` fits them to a team's own decisions: factors on this
table, used only where they are better.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from schemas.signal import SIGNALS, Signal


@dataclass(frozen=True)
class Weight:
    """What one vote adds: `at_zero + slope * value`, bounded by `low` and `high`."""

    why: str
    at_zero: float
    slope: float = 0.0
    low: float = -math.inf
    high: float = math.inf
    unknown: float = 0.0
    """What it adds when its value did not come."""

    def of(self, value: float | None) -> float:
        """The log-odds that a vote with this value adds."""
        if self.slope == 0:
            return self.at_zero
        if value is None:
            return self.unknown
        return min(self.high, max(self.low, self.at_zero + self.slope * value))


WEIGHTS: Final[dict[Signal, Weight]] = {
    Signal.THUMBS: Weight("A verdict; one in thirteen is a slip or a joke.", 0.0, slope=2.5),
    Signal.RATING: Weight(
        "A verdict by degrees: the ends weigh what a thumb weighs, the middle says nothing.",
        -2.5,
        slope=5.0,
    ),
    Signal.RANK: Weight(
        "Relative: the best of several bad answers is still first, and the last of several good "
        "ones is still good, so that it says less than any verdict.",
        1.0,
        slope=-0.75,
        low=-1.0,
    ),
    Signal.COMMENT: Weight(
        "Carries no polarity; people write when something is wrong more often than to praise. "
        "Beside praise from the same user it says nothing.",
        -0.8,
    ),
    Signal.CORRECTION: Weight("Says that the answer was wrong, and what is right.", -2.5),
    Signal.FLAG: Weight("A report of harm or error: rarer and more deliberate than a thumb.", -3.0),
    Signal.COPY: Weight(
        "Who copies means to use it; the more of it, the surer. Some copy to show an error.",
        0.5,
        slope=1.0,
        unknown=1.0,
    ),
    Signal.ACCEPT: Weight("A suggestion taken into one's own work, in plain sight.", 1.5),
    Signal.DISMISS: Weight("A suggestion refused; often only ill-timed.", -1.0),
    Signal.EDIT: Weight(
        "Used after changes: a small one means nearly right, a rewrite means of little use. "
        "At two fifths changed it says nothing.",
        1.0,
        slope=-2.5,
        low=-1.5,
        unknown=0.0,
    ),
    Signal.REGENERATE: Weight(
        "Asked for another answer; a few do so to see more. Weaker than a new prompt, which costs "
        "effort.",
        -1.4,
    ),
    Signal.ABANDON: Weight(
        "Left; but good abandonment is common: the answer was read and was enough "
        "(Li, Huffman and Tokuda, SIGIR 2009).",
        -0.5,
    ),
    Signal.SHARE: Weight("Put one's name to it before others.", 1.5),
    Signal.REWRITE: Weight(
        "A reformulated query is among the best signs of dissatisfaction "
        "(Hassan, Shi, Craswell and Ramsey, CIKM 2013).",
        -1.6,
    ),
    Signal.FOLLOW_UP: Weight(
        "The next question of a dialogue: mostly interest, at times a complaint.", -0.1
    ),
    Signal.DWELL: Weight(
        "Satisfied readers stay, from about 30 s on (Fox et al., TOIS 2005), but so do puzzled "
        "ones, and tabs stay open.",
        -0.2,
        slope=0.4 / 60,
        high=0.2,
    ),
}

PRIOR: Final = 0.0
"""Log-odds before any feedback: silence is no verdict, P(good) = .5."""

AGREEMENT: Final = 2.0
"""A correction that equals the answer once case, width and white space are folded."""

NUMBER_REPLACED: Final = -1.5
"""An edit that put another number in place of one: however few characters, the answer was wrong."""

VERDICTS: Final = frozenset({Signal.THUMBS, Signal.RATING, Signal.CORRECTION, Signal.FLAG})
"""Explicit judgements of this answer. A comment has no polarity and a rank is relative."""

IMPLICIT_BOUND: Final = 2.0
"""What all implicit signals together can add or take, below one thumb: they come from habits
shared by all of a user's acts, so that a pile of them is not as many independent witnesses."""

OVERRULED: Final = 0.8
"""Implicit signals against the explicit verdicts' sum reach at most this share of it: what users
say stays the sign of the answer, what they do only makes it less sure."""

_RULES: Final = 1
"""Raise it when the arithmetic around the table changes: every answer is then scored again."""


@dataclass(frozen=True)
class Fitted:
    """What reviewers' decisions made of the table: `flywheel.refit`."""

    prior: float
    """In place of PRIOR."""
    factors: Mapping[Signal, float]
    """On all that a signal adds; the bounds stay as they are."""


def weights_version(fitted: Fitted | None = None) -> str:
    """A hash of the table and of the constants beside it; the words do not count."""
    content: dict[str, object] = {
        "rules": _RULES,
        "prior": PRIOR,
        "agreement": AGREEMENT,
        "number_replaced": NUMBER_REPLACED,
        "verdicts": sorted(VERDICTS),
        "implicit_bound": IMPLICIT_BOUND,
        "overruled": OVERRULED,
        "weights": {
            signal: {key: value for key, value in asdict(weight).items() if key != "why"}
            | {"kind": SIGNALS[signal].kind}
            for signal, weight in WEIGHTS.items()
        },
    }
    if fitted is not None:
        content["fitted"] = {"prior": fitted.prior, "factors": dict(fitted.factors)}
    text = json.dumps(content, sort_keys=True)
    return "w-" + hashlib.sha256(text.encode()).hexdigest()[:12]
