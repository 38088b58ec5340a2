"""A case as the facts have it, standing where the decisions that are here put it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flywheel.desk.mirror import read_view
from flywheel.desk.records import Made
from schemas.candidate import CandidateView
from schemas.decision import Verdict
from schemas.target import Target


def overlaid(row: Mapping[str, Any], made: Sequence[Made]) -> CandidateView:
    """The candidate of a row of `cases`; `made` are the decisions about it."""
    standing = {
        "state": row["state"],
        "given": row["given"],
        "verdict": None if row["verdict"] is None else Verdict(row["verdict"]),
        "reviewer": row["reviewer"],
        "decided_at": _time(row["decided_at"]),
        "decided_reason": row["decided_reason"],
        "goes_to": Target(row["goes_to"]),
        "sent_to": row["sent_to"],
        "reopened": row["reopened"] is not None and row["reopened"] == row["decision_id"],
    }
    return read_view(row["view"]).model_copy(update=standing | _said(row["decision_id"], made))


def _said(decision_id: str | None, made: Sequence[Made]) -> dict[str, Any]:
    """What the decision that it stands by says of the example."""
    decision = next((one.decision for one in made if one.decision_id == decision_id), None)
    return {
        "decided_output": decision.output if decision else None,
        "labels": decision.labels if decision else None,
        "note": decision.note if decision else None,
        "critical": bool(decision and decision.critical),
    }


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
