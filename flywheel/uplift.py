"""Shown against withheld: Hájek's estimator with intervals clustered by user; a pure computation.

Each answer counts by the inverse of the probability of what chance showed it (Horvitz & Thompson
1952, normalised as by Hájek 1971). The variance is that of the linearised estimator over whole
users, whose answers hang together (Liang & Zeger 1986); many examples are held to one false
discovery rate (Benjamini & Hochberg 1995).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.uplift import Effect, Verdict

FEWEST: Final = 10
"""Users on either side; an interval from fewer would be a guess."""
_POWER: Final = 0.8
_WORST: Final = 0.25
"""The variance of P(good) while nothing is known of it: the largest that 0 to 1 can have."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One answer: what chance showed it and kept from it, and how good it was."""

    release: str
    shown: tuple[str, ...]
    withheld: tuple[str, ...]
    probability: float
    unit: str
    p_good: float
    known_at: datetime | None = None
    """When it came in."""

    @property
    def p_none(self) -> float:
        """The probability that nothing was shown."""
        p, k = self.probability, len(self.shown) + len(self.withheld)
        return p + (1 - p) * p**k


@dataclass(frozen=True, slots=True)
class Arm:
    """One answer on one side of a comparison."""

    shown: bool
    probability: float
    """That it would be on this side."""
    unit: str
    p_good: float


@dataclass(frozen=True)
class Judge:
    """When a difference says something."""

    confidence: float = 0.95
    smallest: float = 0.05


def bank_arms(exposures: Iterable[Exposure]) -> list[Arm]:
    """Some examples against none."""
    return [
        Arm(bool(e.shown), 1 - e.p_none if e.shown else e.p_none, e.unit, e.p_good)
        for e in exposures
    ]


def example_arms(exposures: Iterable[Exposure]) -> dict[str, list[Arm]]:
    """Each example shown against withheld, beside others that are shown.

    Where nothing was shown the bank is measured, not one example of it: such answers are left
    out, unless the example was the only one that was selected.
    """
    arms: dict[str, list[Arm]] = defaultdict(list)
    for e in exposures:
        alone = len(e.shown) + len(e.withheld) == 1
        if not (e.shown or alone):
            continue
        p = e.probability
        shown = (1 - p) ** 2
        withheld = e.p_none if alone else 1 - e.p_none - shown
        for id in e.shown:
            arms[id].append(Arm(True, shown, e.unit, e.p_good))
        for id in e.withheld:
            arms[id].append(Arm(False, withheld, e.unit, e.p_good))
    return arms


def estimate(name: str, arms: Sequence[Arm], judge: Judge) -> Effect:
    """The difference with its interval and what it says."""
    shown = [arm for arm in arms if arm.shown]
    withheld = [arm for arm in arms if not arm.shown]
    units = len({arm.unit for arm in arms})
    p_shown, p_withheld = _mean(shown), _mean(withheld)
    fewest = min(len({arm.unit for arm in side}) for side in (shown, withheld))
    effect = Effect(
        name=name,
        shown=len(shown),
        withheld=len(withheld),
        units=units,
        p_shown=p_shown,
        p_withheld=p_withheld,
        difference=None if p_shown is None or p_withheld is None else p_shown - p_withheld,
        low=None,
        high=None,
        p_value=None,
        verdict="cannot_tell",
        more=_more_by_design(arms, judge),
    )
    if fewest < FEWEST or effect.difference is None:
        return effect
    return _with_interval(effect, arms, fewest, judge)


def adjust(effects: Sequence[Effect], judge: Judge) -> list[Effect]:
    """The same, but `helps` and `hurts` only where the false discovery rate allows it."""
    from scipy import stats

    tested = [e for e in effects if e.p_value is not None]
    if not tested:
        return list(effects)
    adjusted = stats.false_discovery_control([e.p_value for e in tested])
    uncertain = {
        e.name
        for e, p in zip(tested, adjusted, strict=True)
        if e.verdict in ("helps", "hurts") and p > 1 - judge.confidence
    }
    return [
        e.model_copy(update={"verdict": "cannot_tell", "more": e.shown + e.withheld})
        if e.name in uncertain
        else e
        for e in effects
    ]


def _with_interval(effect: Effect, arms: Sequence[Arm], fewest: int, judge: Judge) -> Effect:
    from scipy import stats

    assert effect.difference is not None  # noqa: S101 - narrows the type: both sides have answers
    error = _standard_error(arms)
    # As many degrees of freedom as the smaller side has users: few withheld decide how sure it is.
    t = stats.t(fewest - 1)
    half = float(t.ppf((1 + judge.confidence) / 2)) * error
    low, high = effect.difference - half, effect.difference + half
    p_value = float(2 * t.sf(abs(effect.difference) / error)) if error > 0 else 1.0
    verdict = _verdict(low, high, judge.smallest)
    # An interval shrinks with the root of the number of answers.
    needed = len(arms) * ((_reach(judge) * error / judge.smallest) ** 2 - 1)
    return effect.model_copy(
        update={
            "low": low,
            "high": high,
            "p_value": p_value,
            "verdict": verdict,
            "more": max(1, math.ceil(needed)) if verdict == "cannot_tell" else None,
        }
    )


def _verdict(low: float, high: float, smallest: float) -> Verdict:
    if low > 0:
        return "helps"
    if high < 0:
        return "hurts"
    return "no_difference" if -smallest < low and high < smallest else "cannot_tell"


def _mean(side: Sequence[Arm]) -> float | None:
    if not side:
        return None
    weights = [1 / arm.probability for arm in side]
    total = math.fsum(w * arm.p_good for w, arm in zip(weights, side, strict=True))
    return total / math.fsum(weights)


def _standard_error(arms: Sequence[Arm]) -> float:
    """Of the difference: the spread of what each user contributes to it."""
    by_unit: dict[str, float] = defaultdict(float)
    for shown, sign in ((True, 1.0), (False, -1.0)):
        side = [arm for arm in arms if arm.shown is shown]
        mean = _mean(side) or 0.0
        total = math.fsum(1 / arm.probability for arm in side)
        for arm in side:
            by_unit[arm.unit] += sign * (arm.p_good - mean) / arm.probability / total
    parts: NDArray[np.float64] = np.array(list(by_unit.values()))
    return math.sqrt(len(parts) / (len(parts) - 1) * float(np.sum(parts**2)))


def _more_by_design(arms: Sequence[Arm], judge: Judge) -> int | None:
    """How many answers in all a difference of the smallest size needs, less those there are."""
    if not arms:
        return None
    p = np.mean([arm.probability if not arm.shown else 1 - arm.probability for arm in arms])
    needed = _WORST * (1 / p + 1 / (1 - p)) * (_reach(judge) / judge.smallest) ** 2
    return max(1, math.ceil(needed) - len(arms))


def _reach(judge: Judge) -> float:
    """How many standard errors a difference has to be to be found with the usual power."""
    from scipy import stats

    return float(stats.norm.ppf((1 + judge.confidence) / 2) + stats.norm.ppf(_POWER))
