"""The gate's statistics: paired differences, a clustered bootstrap, a verdict.

Non-inferiority by the lower bound of a percentile bootstrap (Efron & Tibshirani 1993, ch. 13)
over clusters of cases (Miller 2024, "Adding error bars to evals"); slices are held to the same
margin, corrected by Holm (1979). Too few clusters cannot tell their own spread: there the cases
are resampled one by one.
"""

import math
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.evaluation import Estimate, GateVerdict

_SEED: Final = 20250106
"""The same answers give the same verdict."""
_SHOWN: Final = 3
"""Cases; a slice of fewer is not worth a line."""
_AT_ONCE: Final = 4_000_000
"""Numbers that the bootstrap draws at once: memory does not grow with the cases."""


@dataclass(frozen=True)
class PairedCase:
    """One case with its quality on both sides, repeats averaged, 0 to 1."""

    case_id: str
    cluster: str
    """Cases that could fall together: near-duplicates, questions on one document."""
    baseline: float
    candidate: float
    slices: tuple[str, ...] = ()
    """`key=value` each."""

    @property
    def difference(self) -> float:
        """Candidate minus baseline."""
        return self.candidate - self.baseline


@dataclass(frozen=True)
class Rules:
    """When a candidate passes."""

    margin: float = 0.05
    confidence: float = 0.95
    resamples: int = 2000
    max_error_share: float = 0.02
    min_cases: int = 10
    """Fewer cases give no verdict; fewer clusters are not resampled."""


@dataclass(frozen=True)
class Comparison:
    """The verdict and what it rests on."""

    verdict: GateVerdict
    reason: str
    whole: Estimate | None
    slices: tuple[Estimate, ...]
    """Most harmed first."""

    broken: tuple[str, ...]
    """The fewest slices that explain what broke; see `name_what_broke`."""


def compare(cases: Sequence[PairedCase], error_share: float, rules: Rules) -> Comparison:
    """Compare candidate and baseline, paired by case; `error_share` is the worse side's.

    Pass: the interval's lower bound is above -margin and no slice is broken. Regression: the
    whole interval is below 0 and reaches -margin, or a slice lies below -margin as a whole. All
    else, more errors than allowed and fewer cases than needed: inconclusive.
    """
    if not cases:
        return Comparison(
            GateVerdict.INCONCLUSIVE, "no case has an answer on both sides", None, (), ()
        )
    whole = estimate_difference("whole", cases, rules)
    slices = _compare_slices(cases, rules)
    named = name_what_broke(cases, {e.name for e in slices if e.broken}, rules.margin)
    rank = {name: place for place, name in enumerate(named)}
    slices = tuple(sorted(slices, key=lambda e: rank.get(e.name, len(rank))))
    verdict, reason = _decide(whole, slices, named, error_share, rules)
    return Comparison(verdict, reason, whole, slices, named)


def name_what_broke(
    cases: Sequence[PairedCase], broken: set[str], margin: float
) -> tuple[str, ...]:
    """The fewest of the broken slices that account for the loss, the weightiest first.

    When all European cases fail, every tenant with European cases falls as well. A slice is
    named by its weighted relative loss (WRAcc, Lavrac et al. 1999: its share of the cases times
    its distance from their mean); a further one only while it still is below the margin without
    the cases of those named before. A slice that holds all cases says nothing.
    """
    named: list[str] = []
    left = list(cases)
    while left:
        mean = _mean(case.difference for case in left)
        losses = {}
        for name in broken:
            inside = [case.difference for case in left if name in case.slices]
            if inside and len(inside) < len(cases) and _mean(inside) < -margin:
                losses[name] = len(inside) * (_mean(inside) - mean)
        if not losses:
            break
        named.append(min(losses, key=lambda name: (losses[name], name)))
        left = [case for case in left if named[-1] not in case.slices]
    return tuple(named)


def estimate_difference(name: str, cases: Sequence[PairedCase], rules: Rules) -> Estimate:
    """Mean difference with its percentile interval, resampling whole clusters."""
    clusters = _clusters(cases, rules.min_cases)
    means = _resampled_means(clusters, rules.resamples)
    difference = _mean(case.difference for case in cases)
    low, high = difference, difference
    if means is not None:
        tail = (1 - rules.confidence) / 2
        low, high = (float(q) for q in np.quantile(means, [tail, 1 - tail]))
    return Estimate(
        name=name,
        cases=len(cases),
        baseline=_mean(case.baseline for case in cases),
        candidate=_mean(case.candidate for case in cases),
        difference=difference,
        low=low,
        high=high,
        clusters=len(clusters),
    )


def unseen_loss(estimate: Estimate, rules: Rules) -> float | None:
    """The share of questions that may be lost though no case was; None where cases differ.

    A bootstrap of equal differences has no spread and reads as certainty. The exact bound of a
    binomial share with no event is 1 - tail^(1/n), the "rule of three" (Hanley & Lippman-Hand
    1983).
    """
    if estimate.low != estimate.high:
        return None
    tail = (1 - rules.confidence) / 2
    return 1 - math.pow(tail, 1 / (estimate.clusters or estimate.cases))


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.fsum(numbers) / len(numbers)


def _clusters(cases: Sequence[PairedCase], fewest: int) -> list[list[float]]:
    """The differences of each cluster; of each case by itself where clusters are too few."""
    clusters: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        clusters[case.cluster].append(case.difference)
    if len(clusters) < fewest:
        return [[case.difference] for case in cases]
    return list(clusters.values())


def _resampled_means(
    clusters: Sequence[Sequence[float]], resamples: int
) -> NDArray[np.float64] | None:
    """The bootstrap's means; none where there is nothing to vary."""
    from scipy import stats

    totals = np.array([math.fsum(cluster) for cluster in clusters])
    counts = np.array([float(len(cluster)) for cluster in clusters])
    if len(totals) < 2 or np.ptp(totals / counts) < 1e-12:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            (totals, counts),
            _ratio,
            paired=True,
            vectorized=True,
            n_resamples=resamples,
            batch=max(1, _AT_ONCE // len(totals)),
            method="percentile",
            rng=np.random.default_rng(_SEED),
        )
    return np.asarray(result.bootstrap_distribution, dtype=np.float64)


def _ratio(
    totals: NDArray[np.float64], counts: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    quotient: NDArray[np.float64] = totals.sum(axis=axis) / counts.sum(axis=axis)
    return quotient


def _compare_slices(cases: Sequence[PairedCase], rules: Rules) -> tuple[Estimate, ...]:
    members: dict[str, list[PairedCase]] = defaultdict(list)
    for case in cases:
        for name in set(case.slices):
            members[name].append(case)
    shown = {name: inside for name, inside in members.items() if len(inside) >= _SHOWN}
    tested = [name for name, inside in sorted(shown.items()) if len(inside) >= rules.min_cases]
    broken, p_values = _broken_slices({name: shown[name] for name in tested}, rules)
    estimates = [
        estimate_difference(name, inside, rules).model_copy(
            update={
                "tested": name in p_values,
                "broken": name in broken,
                "p_value": p_values.get(name),
            }
        )
        for name, inside in shown.items()
    ]
    return tuple(sorted(estimates, key=lambda e: (not e.broken, not e.tested, e.high, e.name)))


def _broken_slices(
    slices: dict[str, list[PairedCase]], rules: Rules
) -> tuple[set[str], dict[str, float]]:
    """Holm's step-down over one-sided bootstrap p-values of "no worse than the margin"."""
    alpha = (1 - rules.confidence) / 2
    # Enough resamples that the smallest possible p-value can clear Holm's first step.
    resamples = max(rules.resamples, math.ceil(2 * max(1, len(slices)) / alpha))
    p_values = {name: _p_value(inside, rules, resamples) for name, inside in slices.items()}
    broken: set[str] = set()
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        if p > alpha / (len(p_values) - rank):
            break
        broken.add(name)
    return broken, p_values


def _p_value(cases: Sequence[PairedCase], rules: Rules, resamples: int) -> float:
    means = _resampled_means(_clusters(cases, rules.min_cases), resamples)
    if means is None:
        below = _mean(case.difference for case in cases) < -rules.margin
        return 1 / (resamples + 1) if below else 1.0
    return float((1 + np.count_nonzero(means >= -rules.margin)) / (len(means) + 1))


def _decide(
    whole: Estimate,
    slices: Sequence[Estimate],
    named: Sequence[str],
    error_share: float,
    rules: Rules,
) -> tuple[GateVerdict, str]:
    if error_share > rules.max_error_share:
        return GateVerdict.INCONCLUSIVE, (
            f"{error_share:.1%} of one side's answers are errors, more than "
            f"{rules.max_error_share:.0%}"
        )
    if whole.cases < rules.min_cases:
        return GateVerdict.INCONCLUSIVE, (
            f"{whole.cases} paired cases, fewer than the {rules.min_cases} that a verdict needs"
        )
    interval = f"{whole.difference:+.1%} [{whole.low:+.1%}, {whole.high:+.1%}]"
    worse = whole.high < 0 and whole.low <= -rules.margin
    if worse or any(e.broken for e in slices):
        where = f"; what broke: {', '.join(named)}" if named else ""
        return GateVerdict.REGRESSION, f"quality {interval} against the baseline{where}"
    if whole.low > -rules.margin:
        return GateVerdict.PASS, f"quality {interval}: above the margin of -{rules.margin:.0%}"
    return GateVerdict.INCONCLUSIVE, (
        f"quality {interval}: the interval crosses the margin of -{rules.margin:.0%}; "
        "more cases or repeats would tell"
    )
