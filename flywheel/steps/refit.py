"""Fits P(good)'s weights to reviewers' decisions, and puts them in force where they are better."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from flywheel.refit import (
    Choice,
    Demand,
    LabelledAnswer,
    LeftOut,
    Prediction,
    calibrate,
    choose_weights,
    label_of,
)
from flywheel.sampling import case_weights
from flywheel.settings import Settings
from flywheel.steps.draw import read_drawn
from flywheel.steps.scores import read_votes
from flywheel.steps.weights import append_weights, fitted_in_force
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows
from flywheel.weights import Fitted, weights_version
from schemas.calibration import RefitReport, ReliabilityReport

_FEWEST: Final = 20
"""Decisions below which no reliability is told."""

Decided = dict[str, Any]


def run_refit(settings: Settings, *, dry_run: bool = False) -> RefitReport:
    """Fit weights to decisions on drawn cases; use them where held-out decisions say so.

    Weights that are used score every answer again at the next `curate`. `dry_run`: tell, but
    change nothing.
    """
    store = open_store(settings)
    answers, left_out = _read_answers(store)
    demand = Demand(
        prior_sd=settings.refit.prior_sd,
        min_decisions=settings.refit.min_decisions,
        confidence=settings.refit.confidence,
    )
    choice = choose_weights(answers, demand)
    before = fitted_in_force(store)
    outcome = _outcome(choice, before, dry_run)
    after = choice.fit.fitted if outcome == "used" and choice.fit is not None else before
    report = RefitReport(
        outcome=outcome,
        reason=choice.reason,
        decisions=len(answers),
        good=sum(answer.good for answer in answers),
        cases=len({answer.cluster for answer in answers}),
        left_out=left_out,
        weights=() if choice.fit is None else choice.fit.rows,
        prior=choice.prior,
        fitted=choice.fitted,
        difference=choice.difference,
        confidence=settings.refit.confidence,
        weights_version=weights_version(after),
    )
    if outcome == "used":
        with store.transaction() as connection:
            append_weights(connection, after, report.model_dump_json())
    return report


def reset_weights(settings: Settings) -> RefitReport:
    """Go back to the weights of the code; a further row says so, the fitted ones stay on record."""
    store = open_store(settings)
    if fitted_in_force(store) is None:
        outcome: Literal["reset", "in_force"] = "in_force"
        reason = "the weights of the code score already"
    else:
        outcome, reason = "reset", "the weights of the code score again from the next curate on"
        with store.transaction() as connection:
            append_weights(connection, None, None)
    return RefitReport(
        outcome=outcome,
        reason=reason,
        decisions=0,
        good=0,
        cases=0,
        left_out={},
        weights=(),
        prior=None,
        fitted=None,
        difference=None,
        confidence=settings.refit.confidence,
        weights_version=weights_version(),
    )


def run_reliability(settings: Settings, *, resamples: int = 500) -> ReliabilityReport:
    """P(good) as it was when cases were proposed, before anybody decided, against the decisions."""
    labelled, left_out = _label(open_store(settings))
    predictions = [
        Prediction(row["p_good"], row["good"], row["weight"], row["cluster_id"])
        for row in labelled
        if row["p_good"] is not None
    ]
    confidence = settings.refit.confidence
    return ReliabilityReport(
        decisions=len(predictions),
        left_out=left_out,
        calibration=calibrate(predictions, confidence, resamples)
        if len(predictions) >= _FEWEST
        else None,
        confidence=confidence,
    )


def _outcome(
    choice: Choice, before: Fitted | None, dry_run: bool
) -> Literal["used", "would_be_used", "in_force", "declined"]:
    if not choice.better or choice.fit is None:
        return "declined"
    if before is not None and weights_version(before) == weights_version(choice.fit.fitted):
        return "in_force"
    return "would_be_used" if dry_run else "used"


def _read_answers(store: Store) -> tuple[list[LabelledAnswer], dict[str, int]]:
    """Decided answers with their votes; and how many decisions were left out, by the reason."""
    labelled, left_out = _label(store)
    with store.transaction() as connection:
        votes = read_votes(connection, [row["interaction_id"] for row in labelled])
    answers = [
        LabelledAnswer(
            id=row["interaction_id"],
            output=row["output"],
            votes=tuple(votes[row["interaction_id"]]),
            good=row["good"],
            weight=row["weight"],
            cluster=row["cluster_id"],
        )
        for row in labelled
        if votes[row["interaction_id"]]
    ]
    silent = len(labelled) - len(answers)
    return answers, left_out | ({LeftOut.NO_FEEDBACK.value: silent} if silent else {})


def _label(store: Store) -> tuple[list[Decided], dict[str, int]]:
    """Each decision that says whether an answer was good, with how many cases it stands for."""
    weights = case_weights(read_drawn(store))
    with store.transaction() as connection:
        rows = fetch_rows(connection, "decided_answers")
    left_out: Counter[str] = Counter()
    return list(_labelled(rows, weights, left_out)), dict(left_out)


def _labelled(
    rows: Sequence[Decided], weights: dict[str, float], left_out: Counter[str]
) -> Iterator[Decided]:
    for row in rows:
        good = label_of(
            row["output"],
            row["verdict"],
            row["proposed_output"],
            row["ideal_output"],
            row["decided_reason"],
        )
        if row["candidate_id"] not in weights:
            left_out[LeftOut.UNDRAWN.value] += 1
        elif good is None:
            left_out[LeftOut.ABOUT_THE_CASE.value] += 1
        else:
            yield row | {"good": good, "weight": weights[row["candidate_id"]]}
