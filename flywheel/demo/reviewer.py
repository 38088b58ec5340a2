"""The scripted reviewer: knows the truth, because the simulation does, and decides by it alone."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from flywheel.demo.simulation import Asked, Simulation
from flywheel.demo.week import MONDAY_NINE
from schemas.candidate import CandidateView, Target
from schemas.decision import Decision, Verdict

REVIEWER: Final = "scripted-reviewer"
LEFT_OVER: Final = 3
"""Candidates of each target that the script leaves to whoever opens the review page."""


def leave_some(queue: Sequence[CandidateView]) -> list[CandidateView]:
    """The queue without the last few of each target."""
    left = {
        view.candidate_id
        for target in Target
        for view in [view for view in queue if view.target is target][-LEFT_OVER:]
    }
    return [view for view in queue if view.candidate_id not in left]


def review(simulation: Simulation, pending: Iterable[CandidateView]) -> list[Decision]:
    """A decision for each candidate, half a minute apart from Monday nine on."""
    truths = {one.id: one for one in simulation.asked}
    return [
        decide(view, truths[(view.interaction_id or "").removesuffix("-retry")], place)
        for place, view in enumerate(pending)
    ]


def decide(view: CandidateView, asked: Asked, place: int = 0) -> Decision:
    """Approve what is right, write what is missing or wrong, reject what teaches nothing."""
    output, reason = None, None
    right = view.proposed_output == asked.question.truth
    if not asked.on_topic:
        verdict, reason = Verdict.REJECT, "Not a question about the report."
    elif right:
        verdict = Verdict.APPROVE
    elif view.target is Target.BANK:
        verdict, reason = Verdict.REJECT, "The figures are not those of the report."
    else:
        verdict, output = Verdict.EDIT, asked.question.truth
    return Decision.model_validate(
        {
            "candidate_id": view.candidate_id,
            "verdict": verdict,
            "reviewer": REVIEWER,
            "time": (MONDAY_NINE + timedelta(minutes=20, seconds=30 * place)).isoformat(),
            "output": output,
            "reason": reason,
        }
    )


def write_decisions(decisions: Iterable[Decision], path: Path) -> None:
    """One decision a line, as `flywheel decisions import` reads them."""
    lines = (
        json.dumps({"kind": "decision"} | decision.model_dump(mode="json", exclude_none=True))
        for decision in decisions
    )
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
