"""Weights by regularised logistic regression, from the prior table on.

A signal keeps its shape (`flywheel.weights`: what a value of .3 is worth against one of 1, and its
direction); fitted is its weight at full strength, and what silence says. Each is drawn towards its
prior by prior data: two pseudo-decisions whose likelihood is, near enough, a normal density around
the prior value (Bedrick, Christensen & Johnson 1996; Greenland 2007, "Bayesian perspectives for
epidemiological research II"). scikit-learn's own penalty draws towards 0 and it knows no offset;
with prior data the prior is the mode, and the regression is plain.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flywheel.signals import Vote, score
from flywheel.weights import PRIOR, WEIGHTS, Fitted
from schemas.calibration import FittedWeight
from schemas.signal import SIGNALS, Signal

_STEP: Final = 0.1
"""How far from 0 the pseudo-decisions stand: the smaller, the closer to a normal density."""
_ROUNDS: Final = 8
"""How often, at the most, the bounds of `flywheel.weights` are taken anew: they hold the weighed
votes, so that they move with the weights."""
_SETTLED: Final = 0.01
"""A change in log-odds that is none."""
_FAINT: Final = 0.05
"""A factor that still shows how many votes there are."""
_LEAST: Final = 0.01
"""Factors end here: a signal keeps its direction, by which it is told in words."""
_SILENCE: Final = "prior"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """An answer, what users did with it, and what a reviewer found."""

    id: str
    output: str
    votes: tuple[Vote, ...]
    good: bool
    weight: float
    """For how many cases the decision stands."""
    cluster: str


@dataclass(frozen=True)
class Fit:
    """Fitted weights, as scoring takes them and as a person reads them."""

    fitted: Fitted
    rows: tuple[FittedWeight, ...]


def fit_weights(answers: Sequence[LabelledAnswer], prior_sd: float, confidence: float) -> Fit:
    """The weights under which these decisions, and the prior, are likeliest.

    `prior_sd`: how far from its prior a weight is thought to be. Decisions are weighed, and count
    in all as many as equally weighed ones would that say as much (Kish). Intervals are of the
    posterior by its curvature (Laplace). A weight that would turn its signal around is held next
    to 0.
    """
    names = [_SILENCE, *WEIGHTS]
    means = np.array([PRIOR, *(full_strength(signal) for signal in WEIGHTS)])
    y = np.array([answer.good for answer in answers])
    raw = np.array([answer.weight for answer in answers])
    weights = raw * raw.sum() / (raw**2).sum()
    found = means
    for _ in range(_ROUNDS):
        before = found
        x = design(answers, before[1:] / means[1:])
        found, deviations = _solve(x, y, weights, means, prior_sd)
        if np.abs(found - before).max() < _SETTLED:
            break
    z = _quantile(confidence)
    rows = tuple(
        FittedWeight(
            signal=str(name),
            answers=len(answers) if place == 0 else int(np.count_nonzero(x[:, place])),
            prior=float(means[place]),
            fitted=float(found[place]),
            low=float(found[place] - z * deviations[place]),
            high=float(found[place] + z * deviations[place]),
        )
        for place, name in enumerate(names)
    )
    factors = np.maximum(_LEAST, found[1:] / means[1:])
    fitted = Fitted(
        prior=round(float(found[0]), 4),
        factors={s: round(float(f), 4) for s, f in zip(WEIGHTS, factors, strict=True)},
    )
    return Fit(fitted, rows)


def design(answers: Sequence[LabelledAnswer], factors: Floats) -> Floats:
    """A row an answer: 1, and of each signal how many full strengths speak for the answer.

    Taken from the evidence of the score under these factors, in the order of the table, so that one
    vote a user and the bounds on implicit signals hold here, too.
    """
    places = {signal: place for place, signal in enumerate(WEIGHTS, start=1)}
    used = {signal: max(_FAINT, float(factors[place - 1])) for signal, place in places.items()}
    fitted = Fitted(0.0, used)
    x = np.zeros((len(answers), 1 + len(WEIGHTS)))
    x[:, 0] = 1
    for row, answer in enumerate(answers):
        for part in score(answer.id, answer.output, answer.votes, "", "", fitted).evidence:
            strength = used[part.signal] * full_strength(part.signal)
            x[row, places[part.signal]] += part.log_odds / strength
    return x


def full_strength(signal: Signal) -> float:
    """The most that one vote of a signal can add or take, in log-odds."""
    weight, rule = WEIGHTS[signal], SIGNALS[signal]
    ends = (rule.low, rule.high, 0.0, None)
    return max(abs(weight.of(end)) for end in ends)


def _solve(
    x: Floats, y: NDArray[np.bool_], weights: Floats, means: Floats, prior_sd: float
) -> tuple[Floats, Floats]:
    """The likeliest values and their standard deviations."""
    from sklearn.linear_model import LogisticRegression

    pseudo_x, pseudo_y, pseudo_weights = _prior_data(means, prior_sd)
    all_x = np.vstack([x, pseudo_x, pseudo_x])
    all_weights = np.concatenate([weights, *pseudo_weights])
    model = LogisticRegression(
        C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-8, max_iter=200
    )
    model.fit(all_x, np.concatenate([y, *pseudo_y]), sample_weight=all_weights)
    found: Floats = model.coef_[0]
    p = model.predict_proba(all_x)[:, 1]
    information = (all_x * (all_weights * p * (1 - p))[:, None]).T @ all_x
    return found, np.sqrt(np.diag(np.linalg.inv(information)))


def _prior_data(
    means: Floats, prior_sd: float
) -> tuple[Floats, tuple[NDArray[np.bool_], NDArray[np.bool_]], tuple[Floats, Floats]]:
    """For each value a good and a bad pseudo-decision, in the ratio that the prior would give."""
    good = 1 / (1 + np.exp(-_STEP * means))
    total = 1 / (prior_sd**2 * _STEP**2 * good * (1 - good))
    labels = np.ones(len(means), dtype=bool), np.zeros(len(means), dtype=bool)
    return _STEP * np.eye(len(means)), labels, (total * good, total * (1 - good))


def _quantile(confidence: float) -> float:
    from scipy import stats

    z = float(stats.norm.ppf((1 + confidence) / 2))
    assert math.isfinite(z)  # noqa: S101 - a confidence below 1, which the settings see to
    return z
