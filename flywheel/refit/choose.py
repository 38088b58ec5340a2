"""Whether fitted weights are better than the prior ones, on decisions that they never saw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from flywheel.refit.fit import Fit, LabelledAnswer, fit_weights
from flywheel.refit.reliability import Prediction, calibrate, compare_log_loss
from flywheel.signals import score
from flywheel.weights import Fitted
from schemas.agreement import Measure
from schemas.calibration import Calibration

FOLDS: Final = 5
_SEED: Final = 20250106
"""The same decisions give the same split."""
_OF_EACH: Final = 10
"""Good answers, bad answers and four times as many clusters of cases: fewer cannot tell."""
_NOISE: Final = 0.01
"""Calibration errors closer than this are equal."""


@dataclass(frozen=True)
class Demand:
    """What it takes to put fitted weights in the place of the prior ones."""

    prior_sd: float = 0.5
    min_decisions: int = 100
    confidence: float = 0.95
    resamples: int = 1000


@dataclass(frozen=True)
class Choice:
    """Whether to use the fitted weights, why, and what that rests on."""

    better: bool
    reason: str
    fit: Fit | None = None
    """On all decisions."""
    prior: Calibration | None = None
    fitted: Calibration | None = None
    """Held out: each decision by weights that were fitted to the others' cases."""
    difference: Measure | None = None


def choose_weights(answers: Sequence[LabelledAnswer], demand: Demand) -> Choice:
    """Fit, and compare with the prior on held-out decisions, split by cluster of cases.

    Better: the interval of the paired difference in log loss lies below 0, and the calibration
    error is not larger.
    """
    lacking = _lacking(answers, demand)
    fit = fit_weights(answers, demand.prior_sd, demand.confidence) if answers else None
    prior_ps = [_p_good(answer, None) for answer in answers]
    if lacking is not None or fit is None:
        known = _calibrate(answers, prior_ps, demand) if answers else None
        return Choice(False, lacking or "no decision", fit, known)
    held_out = _predict_held_out(answers, demand)
    prior, fitted = (_calibrate(answers, ps, demand) for ps in (prior_ps, held_out))
    difference = compare_log_loss(
        _predictions(answers, held_out),
        _predictions(answers, prior_ps),
        demand.confidence,
        demand.resamples,
    )
    better, reason = _judge(prior, fitted, difference, demand)
    return Choice(better, reason, fit, prior, fitted, difference)


def _lacking(answers: Sequence[LabelledAnswer], demand: Demand) -> str | None:
    """What there is too little of, in words."""
    if len(answers) < demand.min_decisions:
        return f"{len(answers)} usable decisions, fewer than the {demand.min_decisions} needed"
    found = Counter(answer.good for answer in answers)
    if min(found[True], found[False]) < _OF_EACH:
        return (
            f"{found[True]} answers found good, {found[False]} bad; {_OF_EACH} of each are needed"
        )
    clusters = len({answer.cluster for answer in answers})
    if clusters < 4 * _OF_EACH:
        return f"decisions on {clusters} cases, fewer than the {4 * _OF_EACH} needed"
    return None


def _judge(
    prior: Calibration, fitted: Calibration, difference: Measure, demand: Demand
) -> tuple[bool, str]:
    assert difference.low is not None and difference.high is not None  # noqa: S101 - resampled
    interval = (
        f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}] in log loss on "
        "decisions that they were not fitted to"
    )
    if difference.high >= 0:
        return False, f"the fitted weights are not surely better: {interval}"
    if fitted.ece.value > prior.ece.value + _NOISE:
        return False, (
            f"the fitted weights are worse calibrated: error {fitted.ece.value:.3f} against "
            f"{prior.ece.value:.3f} ({interval})"
        )
    return True, f"the fitted weights are better: {interval}"


def _predict_held_out(answers: Sequence[LabelledAnswer], demand: Demand) -> list[float]:
    """P(good) of each answer by weights that were fitted to other cases."""
    from sklearn.model_selection import GroupKFold

    clusters = [answer.cluster for answer in answers]
    split = GroupKFold(FOLDS, shuffle=True, random_state=_SEED)
    found = np.zeros(len(answers))
    for seen, held_out in split.split(np.zeros(len(answers)), groups=clusters):
        fit = fit_weights([answers[row] for row in seen], demand.prior_sd, demand.confidence)
        for row in held_out:
            found[row] = _p_good(answers[row], fit.fitted)
    return [float(p) for p in found]


def _p_good(answer: LabelledAnswer, fitted: Fitted | None) -> float:
    """As scoring would have it, bounds and all."""
    return score(answer.id, answer.output, answer.votes, "", "", fitted).p_good


def _calibrate(
    answers: Sequence[LabelledAnswer], ps: Sequence[float], demand: Demand
) -> Calibration:
    return calibrate(_predictions(answers, ps), demand.confidence, demand.resamples)


def _predictions(answers: Sequence[LabelledAnswer], ps: Sequence[float]) -> list[Prediction]:
    return [
        Prediction(p, answer.good, answer.weight, answer.cluster)
        for answer, p in zip(answers, ps, strict=True)
    ]
