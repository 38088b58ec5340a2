"""How well P(good) fits what reviewers decide, and the weights that would fit better."""

from typing import Literal

from schemas.agreement import Measure
from schemas.base import Record


class ReliabilityBin(Record):
    """Answers with about the same P(good)."""

    decisions: int
    predicted: float
    """Their mean P(good)."""
    observed: float
    """The share of them that reviewers found good, each weighed by how many cases it stands for."""
    low: float
    high: float


class Calibration(Record):
    """P(good) against decisions; every figure weighed by how many cases a decision stands for."""

    log_loss: Measure
    brier: Measure
    ece: Measure
    """Expected calibration error: how far predicted and observed are apart, mean over bins."""
    auc: Measure | None
    """None: all answers were good, or all bad."""
    bins: tuple[ReliabilityBin, ...]
    """The lowest P(good) first: the reliability curve."""


class FittedWeight(Record):
    """One signal's weight at its full strength, in log-odds."""

    signal: str
    """`prior` is what silence says."""
    answers: int
    """Decided answers that have it."""
    prior: float
    fitted: float
    low: float
    high: float


class ReliabilityReport(Record):
    """P(good) as it was when each case was proposed, against what was decided later."""

    decisions: int
    left_out: dict[str, int]
    """Decisions that say nothing here, by the reason."""
    calibration: Calibration | None
    """None: too few decisions."""
    confidence: float


class RefitReport(Record):
    """What `flywheel refit` found and did."""

    outcome: Literal["used", "would_be_used", "in_force", "declined", "reset"]
    reason: str
    decisions: int
    good: int
    """Of them, those that found the answer good."""
    cases: int
    """Clusters of cases; a cluster is never on both sides of a split."""
    left_out: dict[str, int]
    weights: tuple[FittedWeight, ...]
    """Fitted to all decisions."""
    prior: Calibration | None
    """Of the weights in the code."""
    fitted: Calibration | None
    """Of fitted weights on decisions that they were not fitted to."""
    difference: Measure | None
    """Log loss, fitted minus prior, on those: below 0 the fitted ones are better."""
    confidence: float
    weights_version: str
    """Of what scores by now."""
