"""flywheel.desk.standing: where a case stands by what was decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flywheel.desk.records import Made
from flywheel.desk.standing import Question, stand
from schemas.decision import Decision, Verdict
from schemas.target import Target

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
ONE = Question(Target.GOLDEN, "12.4", 1, None, merged=False)
TWO = ONE._replace(reviewers=2)


def made(*rows: tuple[Any, ...]) -> list[Made]:
    """Decisions a second apart: (reviewer, verdict) or (reviewer, verdict, further fields)."""
    found = []
    for number, (reviewer, verdict, *more) in enumerate(rows):
        fields: dict[str, Any] = dict(*more)
        undone = fields.pop("undone", False)
        needed = {"reject": {"reason": "no"}, "edit": {"output": "14.2"}, "send": {"sent_to": "x"}}
        said = {
            "candidate_id": "c-1",
            "verdict": Verdict(verdict),
            "reviewer": reviewer,
            "time": (BEGIN + timedelta(seconds=number)).isoformat(),
        }
        decision = Decision.model_validate(said | needed.get(verdict, {}) | fields)
        found.append(Made(f"d-{number}", decision, undone))
    return found


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([], "pending"),
        ([("ann", "approve")], "approved"),
        ([("ann", "edit")], "approved"),
        ([("ann", "approve"), ("bob", "reject")], "rejected"),
        ([("ann", "reject"), ("bob", "skip")], "rejected"),
        ([("ann", "approve"), ("bob", "skip")], "approved"),
        ([("ann", "send"), ("bob", "approve")], "approved"),
        ([("ann", "approve"), ("ann", "send"), ("bob", "approve")], "approved"),
        ([("ann", "approve"), ("ann", "send")], "pending"),
        ([("ann", "approve"), ("bob", "reject", {"undone": True})], "approved"),
    ],
)
def test_where_one_is_enough_the_newest_decides(rows: list[Any], state: str) -> None:
    """A decision that was taken back leaves what stood before it."""
    assert stand(ONE, made(*rows)).state == state


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([("ann", "approve")], "pending"),
        ([("ann", "approve"), ("ann", "reject")], "pending"),
        ([("ann", "approve"), ("bob", "approve")], "approved"),
        ([("ann", "reject"), ("bob", "reject")], "rejected"),
        ([("ann", "approve"), ("bob", "reject")], "disputed"),
        ([("ann", "approve"), ("bob", "edit")], "disputed"),
        ([("ann", "approve"), ("bob", "edit", {"output": " 12.4 \n"})], "approved"),
        ([("ann", "approve"), ("bob", "approve", {"target": Target.BANK})], "disputed"),
        ([("ann", "approve"), ("bob", "reject"), ("bob", "approve")], "approved"),
        ([("ann", "approve"), ("bob", "reject"), ("eve", "reject", {"adjudicates": True})],
         "rejected"),
        ([("ann", "approve"), ("bob", "reject"),
          ("eve", "reject", {"adjudicates": True, "undone": True})], "disputed"),
        ([("ann", "approve"), ("bob", "skip")], "pending"),
        ([("ann", "approve"), ("bob", "approve"), ("ann", "skip")], "approved"),
    ],
)  # fmt: skip
def test_where_two_judge_they_agree_or_a_lead_decides(rows: list[Any], state: str) -> None:
    """The verdict, the side and the ideal output have to be the same, white space apart."""
    assert stand(TWO, made(*rows)).state == state


def test_new_evidence_puts_a_decision_in_doubt() -> None:
    """A reopened case waits again; one that was adjudicated waits for a lead."""
    assert stand(ONE._replace(reopened="d-0"), made(("ann", "approve"))).state == "pending"
    again = made(("ann", "approve"), ("bob", "reject"))
    assert stand(ONE._replace(reopened="d-0"), again).state == "rejected"
    settled = made(("ann", "approve"), ("bob", "reject"), ("eve", "approve", {"adjudicates": True}))
    assert stand(TWO._replace(reopened="d-2"), settled).state == "disputed"


def test_a_case_that_became_another_waits_for_nothing() -> None:
    """Unless it was decided itself."""
    merged = ONE._replace(merged=True)
    assert stand(merged, []).state == "merged"
    assert stand(merged, made(("ann", "reject"))).state == "rejected"
