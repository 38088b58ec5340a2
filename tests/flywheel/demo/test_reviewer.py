"""The scripted reviewer: decides by the truth and by nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flywheel.demo.reviewer import LEFT_OVER, decide, leave_some, review, write_decisions
from flywheel.demo.simulation import Asked, Simulation, simulate
from schemas.candidate import CandidateView, Target
from schemas.decision import Verdict


@pytest.fixture(scope="module")
def week() -> Simulation:
    """One week."""
    return simulate(1)


def _view(asked: Asked, target: Target, proposed: str | None, **more: Any) -> CandidateView:
    values: dict[str, Any] = {
        "candidate_id": f"c-{asked.id}-{target}",
        "case_id": "case",
        "cluster_id": "case",
        "wordings": 1,
        "reopened": False,
        "target": target,
        "interaction_id": asked.id,
        "proposed_output": proposed,
        "reason_code": "judged_bad",
        "reason": "",
        "p_good": 0.1,
        "policy_version": "p",
        "feature": None,
        "day": None,
        "messages": (),
        "context": (),
        "output": asked.output,
        "evidence": (),
        "tenant": None,
        "tags": {},
        "proposed_at": datetime.now(UTC),
        "state": "pending",
        "variants": 1,
        "users": 1,
        "goes_to": target,
        "critical": False,
        "reviewers": 1,
        "given": 0,
    }
    empty = dict.fromkeys(CandidateView.model_fields)
    return CandidateView(**empty | values | more)


def _wrong(week: Simulation) -> Asked:
    return next(one for one in week.asked if not one.right)


def test_it_approves_what_is_right(week: Simulation) -> None:
    """For the bank and for the golden set."""
    asked = _wrong(week)
    for target in Target:
        assert decide(_view(asked, target, asked.question.truth), asked).verdict == "approve"


def test_it_writes_the_right_answer_where_none_or_a_wrong_one_was_proposed(
    week: Simulation,
) -> None:
    """For the golden set."""
    asked = _wrong(week)
    for proposed in (None, asked.output):
        decision = decide(_view(asked, Target.GOLDEN, proposed), asked)
        assert decision.verdict is Verdict.EDIT
        assert decision.output == asked.question.truth


def test_it_keeps_a_wrong_answer_out_of_the_bank_and_says_why(week: Simulation) -> None:
    """However much users liked it."""
    asked = _wrong(week)
    decision = decide(_view(asked, Target.BANK, asked.output), asked)
    assert decision.verdict is Verdict.REJECT
    assert decision.reason


def test_it_rejects_what_is_no_question_about_a_report(week: Simulation) -> None:
    """Whatever was answered."""
    asked = next(one for one in week.asked if not one.on_topic)
    for target in Target:
        verdict = decide(_view(asked, target, asked.question.truth), asked).verdict
        assert verdict is Verdict.REJECT


def test_a_retried_answer_has_the_truth_of_the_first(week: Simulation) -> None:
    """Its id is the first one's with an ending."""
    asked = _wrong(week)
    view = _view(asked, Target.GOLDEN, None, interaction_id=f"{asked.id}-retry")
    assert review(week, [view])[0].output == asked.question.truth


def test_the_last_of_each_target_are_left(week: Simulation) -> None:
    """The order of the others stays; a short queue is left whole."""
    queue = [
        _view(asked, target, None)
        for asked in week.asked[:6]
        for target in (Target.GOLDEN, Target.BANK)
    ]
    kept = leave_some(queue)
    assert kept == queue[: -2 * LEFT_OVER]
    assert leave_some(queue[:3]) == []


def test_decisions_are_written_as_the_import_reads_them(week: Simulation, tmp_path: Path) -> None:
    """One object a line, in the story's time."""
    views = [_view(asked, Target.GOLDEN, None) for asked in week.asked[:3]]
    write_decisions(review(week, views), tmp_path / "decisions.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "decisions.jsonl").read_text().splitlines()]
    assert [line["candidate_id"] for line in lines] == [view.candidate_id for view in views]
    assert all(line["kind"] == "decision" for line in lines)
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)
