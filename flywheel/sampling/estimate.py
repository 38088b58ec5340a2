"""What a sample says of all cases: shares by design weights, with intervals.

One round: each decision counts by the inverse of its probability (Horvitz & Thompson 1952),
normalised (Hájek 1971), which is the stratified estimate here. Several rounds, each of them from
what the ones before left: Des Raj's ordered estimator (1956), the mean of one estimate a round,
each of which takes what was drawn before it as known; these are uncorrelated, so that their
variances add up. A case that came later is estimated by the rounds since alone.

Intervals: Wilson's (1927) of each stratum with the finite population correction, put together by
squaring and adding (Newcombe 1998; stratified: Yan & Su 2010). A share of 0 or 1 in a small
sample has a width, too, which an interval by the normal approximation has not.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from schemas.draw import Share, Stratum


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn case, and what reviewers made of it."""

    candidate_id: str
    round: int
    """Rounds are counted from 0, in the order drawn."""
    stratum: Stratum
    probability: float
    came: int
    """The first round whose population it was in."""
    outcome: bool | None
    """None: not decided yet."""


class Interval(NamedTuple):
    """Lower and upper end."""

    low: float
    high: float


class _Cell(NamedTuple):
    """The decided cases of a round's stratum, which stand for all of it."""

    weights: tuple[float, ...]
    outcomes: tuple[bool, ...]
    expanded: tuple[float, ...]
    """The part of each weight that is a guess about cases that were not drawn."""
    sampled: float
    """The share of the stratum that was decided."""


def estimate_share(
    name: str, drawn: Sequence[Drawn], populations: Mapping[int, int], confidence: float = 0.95
) -> Share:
    """The share of cases with the outcome, among all that waited in any of these rounds.

    `populations` by round. Drawn cases that are not decided yet are taken to be like the decided
    ones of their round and stratum, and make the estimate provisional; a stratum without any
    decision allows none.
    """
    decided = [case for case in drawn if case.outcome is not None]
    share = Share(
        name=name,
        population=_population(drawn, populations),
        drawn=len(drawn),
        decided=len(decided),
        naive=sum(bool(case.outcome) for case in decided) / len(decided) if decided else None,
        value=None,
        low=None,
        high=None,
        provisional=len(decided) < len(drawn),
    )
    cells = _cells(drawn)
    total = math.fsum(weight for cell in cells or () for weight in cell.weights)
    if not cells or total == 0:
        return share
    value = math.fsum(w for cell in cells for w, yes in zip(*cell[:2], strict=True) if yes) / total
    low, high = _square_and_add(value, cells, total, confidence)
    return share.model_copy(update={"value": value, "low": low, "high": high})


def case_weights(drawn: Sequence[Drawn]) -> dict[str, float]:
    """For how many cases each decided case stands; strata without a decision are missed."""
    return {
        case.candidate_id: weight
        for cases in _by_cell(drawn).values()
        for case, weight, _ in _weigh(cases, drawn)
    }


def wilson(share: float, n: float, confidence: float, sampled: float = 0.0) -> Interval:
    """Wilson's score interval; `n` may be an effective size, `sampled` is the share of all.

    When all were seen nothing is left to be sure of, and both ends are the share.
    """
    from scipy import stats

    if sampled >= 1 - 1e-12:
        return Interval(share, share)
    z = float(stats.norm.ppf((1 + confidence) / 2))
    z2 = z * z * (1 - sampled) / n
    middle = (share + z2 / 2) / (1 + z2)
    half = math.sqrt(max(0.0, share * (1 - share) * z2 + z2 * z2 / 4)) / (1 + z2)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def _population(drawn: Sequence[Drawn], populations: Mapping[int, int]) -> int:
    """All that waited in any round: those of the last, and what was drawn before it."""
    rounds = sorted({case.round for case in drawn})
    if not rounds:
        return 0
    return populations[rounds[-1]] + sum(case.round != rounds[-1] for case in drawn)


def _by_cell(drawn: Sequence[Drawn]) -> dict[tuple[int, Stratum], list[Drawn]]:
    cells: dict[tuple[int, Stratum], list[Drawn]] = defaultdict(list)
    for case in drawn:
        cells[case.round, case.stratum].append(case)
    return cells


def _cells(drawn: Sequence[Drawn]) -> list[_Cell] | None:
    """None where a stratum has no decision."""
    cells = []
    for cases in _by_cell(drawn).values():
        weighed = _weigh(cases, drawn)
        if not weighed:
            return None
        probability = cases[0].probability
        cells.append(
            _Cell(
                tuple(weight for _, weight, _ in weighed),
                tuple(bool(case.outcome) for case, _, _ in weighed),
                tuple(expanded for _, _, expanded in weighed),
                probability * len(weighed) / len(cases),
            )
        )
    return cells


def _weigh(cases: Sequence[Drawn], drawn: Sequence[Drawn]) -> list[tuple[Drawn, float, float]]:
    """The decided cases of one cell, each with its weight and the guessed part of it."""
    rounds = sorted({case.round for case in drawn})
    decided = [case for case in cases if case.outcome is not None]
    weighed = []
    for case in decided:
        estimates = sum(number >= case.came for number in rounds)
        later = sum(number > case.round for number in rounds)
        answering = len(cases) / len(decided)
        expanded = answering / case.probability / estimates
        weighed.append((case, expanded + answering * later / estimates, expanded))
    return weighed


def _square_and_add(
    value: float, cells: Sequence[_Cell], total: float, confidence: float
) -> Interval:
    below, above = 0.0, 0.0
    for cell in cells:
        part = math.fsum(cell.expanded)
        yes = math.fsum(w for w, o in zip(cell.expanded, cell.outcomes, strict=True) if o) / part
        low, high = wilson(yes, _effective_size(cell, yes, value), confidence, cell.sampled)
        below += (part / total * (yes - low)) ** 2
        above += (part / total * (high - yes)) ** 2
    return Interval(max(0.0, value - math.sqrt(below)), min(1.0, value + math.sqrt(above)))


def _effective_size(cell: _Cell, yes: float, value: float) -> float:
    """How many equally weighted decisions say as much (Kish 1965), or less where that is true.

    Where cases that came at different times differ, how many of each were drawn varies as well: the
    linearised variance of the whole estimate knows that.
    """
    part = math.fsum(cell.expanded)
    size = part**2 / math.fsum(weight**2 for weight in cell.expanded)
    if len(cell.expanded) < 2:
        return size
    residuals = [w * (o - value) for w, o in zip(cell.expanded, cell.outcomes, strict=True)]
    variance = len(residuals) * statistics.variance(residuals) / part**2
    return min(size, yes * (1 - yes) / variance) if variance > 0 and 0 < yes < 1 else size
