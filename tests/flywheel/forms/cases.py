"""A home with cases in every state, for the forms of other tools."""

from datetime import UTC, datetime
from typing import Any

from flywheel.settings import Settings
from flywheel.steps.decide import record_decision
from flywheel.store import open_store
from schemas.decision import Decision
from tests.facts import add_draw
from tests.flywheel.review.cases import add_cases

NAMES = ("swapped", "bank", "dividend", "outlook", "unwritten")
RUBRIC = {"accuracy": 5, "tone": 3}


def decide(settings: Settings, candidate_id: str, reviewer: str, verdict: str, **more: Any) -> None:
    """Record a decision of now."""
    said = {"candidate_id": candidate_id, "reviewer": reviewer, "verdict": verdict}
    values = said | {"time": datetime.now(UTC).isoformat()} | more
    record_decision(settings, Decision.model_validate(values, strict=False))


def make_cases(settings: Settings) -> dict[str, str]:
    """Pending, approved for the other side, rejected, half judged blind, unwritten; by name."""
    store = open_store(settings)
    ids = dict(zip(NAMES, add_cases(store), strict=True))
    marks: dict[str, Any] = {"labels": ("q4", "audited"), "note": "As in table 2.", "seconds": 7.5}
    decide(settings, ids["bank"], "rosa", "approve", target="golden", critical=True, **marks)
    decide(settings, ids["dividend"], "ben", "reject", reason="Not typical", rubric=RUBRIC)
    add_draw(store, ids["outlook"], reviewers=2)
    decide(settings, ids["outlook"], "rosa", "edit", output="Between 5.0 and 5.2 billion euros.")
    return ids
