"""What may be decided about a case as it stands, and what is said already."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from flywheel.decisions import fact_of
from flywheel.desk.blind import is_verdict
from flywheel.desk.mirror import read_view
from flywheel.desk.records import Made, Viewer
from flywheel.errors import ConflictError, InputError
from schemas.decision import JUDGEMENTS, Decision, Verdict

Known: TypeAlias = Mapping[str, Any]  # a row of `cases` as its viewer may know it


def says(one: Made, newest: Made | None, decision: Decision, row: Known) -> bool:
    """Whether a decision is one that is there.

    Said twice it is one; but who says it again of a reopened case answers the new evidence.
    """
    if decision.undoes is not None:  # whatever came in between
        said = one.decision
        return said.undoes == decision.undoes and said.reviewer == decision.reviewer
    known = one is newest and not one.undone and one.decision_id != row["reopened"]
    return known and fact_of(one.decision) == fact_of(decision)


def check_allowed(decision: Decision, viewer: Viewer, row: Known, made: tuple[Made, ...]) -> None:
    """Raise `InputError` for what is not this viewer's to decide, or not as the case stands."""
    if (
        decision.verdict is Verdict.APPROVE
        and not (read_view(row["view"]).proposed_output or "").strip()
    ):
        raise ConflictError("There is no proposed ideal output to approve: write one.")
    if decision.adjudicates:
        _check_adjudication(viewer, row, made)
    elif row["state"] == "disputed" and decision.verdict in JUDGEMENTS:
        raise ConflictError("Two reviewers differ on this case: it waits for a lead to settle it.")
    if decision.undoes is not None and not any(
        one.decision_id == decision.undoes
        and not one.undone
        and one.decision.verdict is not Verdict.UNDO  # what it took back stays taken back
        and one.decision.reviewer == viewer.name
        for one in made
    ):
        raise ConflictError("There is no decision of yours about this case to take back.")


def _check_adjudication(viewer: Viewer, row: Known, made: tuple[Made, ...]) -> None:
    if not viewer.adjudicates:
        raise InputError("Settling a case on which two differ is for leads.")
    settled = any(one.decision.adjudicates and not one.undone for one in made)
    if row["reviewers"] == 1 or not (row["state"] == "disputed" or settled):
        raise ConflictError("Nobody differs on this case: there is nothing to settle.")
    if any(is_verdict(one) and one.decision.reviewer == viewer.name for one in made):
        raise ConflictError("You are one of the two who differ: somebody else has to settle it.")


def judges(decision: Decision, made: tuple[Made, ...]) -> bool:
    """Whether it makes a judgement or takes one back: what a release may change by."""
    if decision.undoes is None:
        return decision.verdict in JUDGEMENTS
    undone = (one for one in made if one.decision_id == decision.undoes)
    return any(one.decision.verdict in JUDGEMENTS for one in undone)
