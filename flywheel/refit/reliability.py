"""P(good) against what reviewers decided: the reliability curve and the usual scores.

Log loss, Brier score (1950), expected calibration error over bins of equal mass (Naeini, Cooper &
Hauskrecht 2015) and the area under the ROC curve, each weighed by how many cases a decision stands
for, with percentile intervals of a bootstrap over whole clusters of cases.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flywheel.sampling.estimate import wilson
from schemas.agreement import Measure
from schemas.calibration import Calibration, ReliabilityBin

BINS: Final = 10
_SEED: Final = 20250106
"""The same decisions give the same intervals."""
_AT_ONCE: Final = 2_000_000
"""Numbers that the bootstrap holds at once."""
_NEVER_SURE: Final = 1e-6
"""Log loss takes no P(good) of 0 or 1 for granted."""

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From weights, a row a sample and a column a decision, to one figure a sample."""


class Prediction(NamedTuple):
    """What was predicted of one answer, and what a reviewer found."""

    p_good: float
    good: bool
    weight: float
    cluster: str


def calibrate(predictions: Sequence[Prediction], confidence: float, resamples: int) -> Calibration:
    """Every figure of these predictions; there has to be one."""
    p, y, weights = _columns(predictions)
    bins = _bins(p, weights)
    samples = list(_resampled(predictions, weights, resamples))

    def measure(statistic: Statistic) -> Measure:
        return summarise(statistic, weights, samples, confidence)

    return Calibration(
        log_loss=measure(_mean_of(_log_losses(p, y))),
        brier=measure(_mean_of((p - y) ** 2)),
        ece=measure(_ece(p, y, bins)),
        auc=measure(_auc(p, y)) if 0 < y.sum() < len(y) else None,
        bins=tuple(_bin(p[rows], y[rows], weights[rows], confidence) for rows in bins),
    )


def compare_log_loss(
    one: Sequence[Prediction], other: Sequence[Prediction], confidence: float, resamples: int
) -> Measure:
    """The log loss of `one` minus that of `other`, on the same decisions in the same order."""
    p_one, y, weights = _columns(one)
    p_other = _columns(other)[0]
    difference = _log_losses(p_one, y) - _log_losses(p_other, y)
    samples = list(_resampled(one, weights, resamples))
    return summarise(_mean_of(difference), weights, samples, confidence)


def summarise(
    statistic: Statistic, weights: Floats, samples: Sequence[Floats], confidence: float
) -> Measure:
    """A statistic with its percentile interval, from the samples in which it is defined."""
    value = float(statistic(weights[None, :])[0])
    if not samples:
        return Measure(value=value, low=None, high=None)
    tail = (1 - confidence) / 2
    spread = np.concatenate([statistic(sample) for sample in samples])
    low, high = np.nanquantile(spread, [tail, 1 - tail])
    return Measure(value=value, low=float(low), high=float(high))


def _columns(predictions: Sequence[Prediction]) -> tuple[Floats, Floats, Floats]:
    columns = np.array([(row.p_good, row.good, row.weight) for row in predictions], dtype=float)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def _resampled(
    predictions: Sequence[Prediction], weights: Floats, resamples: int
) -> Iterator[Floats]:
    """Weights of the decisions in each bootstrap sample: a cluster comes whole, or not at all."""
    _, cluster = np.unique([row.cluster for row in predictions], return_inverse=True)
    clusters = int(cluster.max()) + 1
    rng = np.random.default_rng(_SEED)
    chunk = max(1, _AT_ONCE // len(predictions))
    for start in range(0, resamples, chunk):
        times = rng.multinomial(
            clusters, np.full(clusters, 1 / clusters), size=min(chunk, resamples - start)
        )
        yield times[:, cluster] * weights


def _mean_of(values: Floats) -> Statistic:
    def mean(weights: Floats) -> Floats:
        result: Floats = weights @ values / weights.sum(axis=1)
        return result

    return mean


def _log_losses(p: Floats, y: Floats) -> Floats:
    bounded = np.clip(p, _NEVER_SURE, 1 - _NEVER_SURE)
    losses: Floats = -np.log(np.where(y > 0, bounded, 1 - bounded))
    return losses


def _bins(p: Floats, weights: Floats) -> list[NDArray[np.intp]]:
    """Rows of about equal weight, by P(good); equal predictions are never parted."""
    values, place = np.unique(p, return_inverse=True)
    mass = np.bincount(place, weights)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    number = np.minimum((middle * BINS).astype(int), BINS - 1)
    return [np.flatnonzero(number[place] == one) for one in np.unique(number[: len(values)])]


def _ece(p: Floats, y: Floats, bins: Sequence[NDArray[np.intp]]) -> Statistic:
    def error(weights: Floats) -> Floats:
        gaps = [np.abs(weights[:, rows] @ (p[rows] - y[rows])) for rows in bins]
        result: Floats = np.sum(gaps, axis=0) / weights.sum(axis=1)
        return result

    return error


def _auc(p: Floats, y: Floats) -> Statistic:
    """The chance that a good answer has the higher P(good), ties half (Mann & Whitney 1947)."""
    order = np.argsort(p, kind="stable")
    starts = np.flatnonzero(np.diff(p[order], prepend=-1.0))

    def area(weights: Floats) -> Floats:
        good, bad = (
            np.add.reduceat((weights * side)[:, order], starts, axis=1) for side in (y, 1 - y)
        )
        below = np.cumsum(bad, axis=1) - bad / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            result: Floats = (good * below).sum(axis=1) / (good.sum(axis=1) * bad.sum(axis=1))
        return result

    return area


def _bin(p: Floats, y: Floats, weights: Floats, confidence: float) -> ReliabilityBin:
    total = float(weights.sum())
    observed = float(weights @ y / total)
    low, high = wilson(observed, total**2 / float((weights**2).sum()), confidence)
    return ReliabilityBin(
        decisions=len(p),
        predicted=float(weights @ p / total),
        observed=observed,
        low=low,
        high=high,
    )
