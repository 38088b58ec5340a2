"""How much a decision about a case would tell: the one table of components, and their words."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Component:
    """One reason to ask about a case, 0 to 1, and its part in the score."""

    weight: float
    why: str


COMPONENTS: Final[dict[str, Component]] = {
    "uncertain": Component(
        0.4, "1 - |2 P(good) - 1|: where the signals cannot tell, a verdict says most."
    ),
    "disagreeing": Component(
        0.3,
        "|P(good) - the judge's accuracy|, where a judge graded the very same answer: one of the "
        "two is wrong.",
    ),
    "rising": Component(
        0.2,
        "1 - 1 / growth, for a case asked so often and so much more often than in a week of the "
        "four before as the policy calls rising: many are about to get this answer.",
    ),
    "costly": Component(
        0.1, "The rank of what the case's answers cost so far, among those that wait."
    ),
}
"""The score is the sum of weight times component; one that is not known adds nothing."""

_WORTH_SAYING: Final = 0.5
"""A component from here on is named in the reason."""


@dataclass(frozen=True)
class Rising:
    """What the curation policy calls rising."""

    min_asked: int = 5
    factor: float = 3


@dataclass(frozen=True)
class Frame:
    """The cases that wait, in the order of their ids, a column each; NaN: not known."""

    candidate_ids: list[str]
    p_good: Floats
    asked_this_week: Floats
    asked_before: Floats
    """In the four weeks before that."""
    cost: Floats
    """US dollars, of all the case's answers."""
    judged: Floats
    """A judge's accuracy grade of this very answer, brought to 0 to 1."""

    def __len__(self) -> int:
        return len(self.candidate_ids)


@dataclass(frozen=True)
class Scored:
    """A frame with the value of each component, 0 where it is not known."""

    frame: Frame
    parts: dict[str, Floats]
    total: Floats


def score_frame(frame: Frame, rising: Rising) -> Scored:
    """Every case's components and their weighted sum, 0 to 1."""
    growth = frame.asked_this_week / np.maximum(1.0, frame.asked_before / 4)
    rises = (frame.asked_this_week >= rising.min_asked) & (growth >= rising.factor)
    parts = {
        "uncertain": 1 - np.abs(2 * frame.p_good - 1),
        "disagreeing": np.abs(frame.p_good - frame.judged),
        "rising": np.where(rises, 1 - 1 / np.maximum(growth, 1.0), 0.0),
        "costly": _rank(frame.cost),
    }
    known = {name: np.nan_to_num(part) for name, part in parts.items()}
    total = np.zeros(len(frame))
    for name, component in COMPONENTS.items():
        total += component.weight * known[name]
    return Scored(frame, known, total)


def explain(scored: Scored, row: int) -> str:
    """Why this case is among the most telling, in words: its strong components, else the best."""
    said = [name for name in COMPONENTS if scored.parts[name][row] >= _WORTH_SAYING]
    if not said:
        weighed = {name: c.weight * scored.parts[name][row] for name, c in COMPONENTS.items()}
        best = max(weighed, key=lambda name: weighed[name])
        said = [best] if weighed[best] > 0 else []
    words = "; ".join(_say(name, scored, row) for name in said)
    return f"Among the most telling: {words}." if words else "Nothing else waited."


def _say(name: str, scored: Scored, row: int) -> str:
    frame = scored.frame
    if name == "uncertain":
        return f"the signals leave P(good) at {frame.p_good[row]:.0%}"
    if name == "disagreeing":
        return f"the signals say {frame.p_good[row]:.0%} good, the judge {frame.judged[row]:.0%}"
    if name == "rising":
        return (
            f"asked {frame.asked_this_week[row]:.0f} times this week, "
            f"{frame.asked_before[row]:.0f} in the four weeks before"
        )
    cost = frame.cost[row]
    told = f"${cost:,.2f}" if cost >= 0.1 else f"${cost:.2g}"
    dearer = f"{scored.parts[name][row]:.0%}"
    return f"its answers cost {told}, more than those of {dearer} of the other cases"


def _rank(values: Floats) -> Floats:
    """The share of the known values that lie below each; equal values have equal ranks."""
    known = np.sort(values[~np.isnan(values)])
    if len(known) < 2:
        return np.full(len(values), np.nan)
    ranks: Floats = np.searchsorted(known, values, side="left") / (len(known) - 1)
    return np.where(np.isnan(values), np.nan, np.minimum(ranks, 1.0))
