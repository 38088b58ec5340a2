"""Feedback that comes days later, through every step: it counts, and re-opens what it speaks of."""

from datetime import UTC, datetime
from pathlib import Path

from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidates
from flywheel.steps.curate import run_curate
from flywheel.steps.decide import record_decision
from flywheel.steps.ingest import run_ingest
from flywheel.store import open_store
from schemas.decision import Decision, Verdict
from tests.facts import count_rows
from tests.streams import as_line, feedback, interaction, write

LATER = "2025-01-16T09:00:00Z"
CORRECTED = {"signal": "correction", "value": None, "correction": "It was $58.1 million."}


def deliver(settings: Settings, path: Path, *events: dict[str, object]) -> None:
    """Write the events into a file of their own and ingest it."""
    report = run_ingest(settings, [str(write(path, map(as_line, events)))])
    assert report.stored == len(events)


def p_good(settings: Settings) -> float:
    with open_store(settings).transaction() as connection:
        row = connection.execute("SELECT p_good FROM current_scores").fetchone()
    assert row is not None
    return float(row[0])


def test_a_correction_days_later_reopens_its_case(settings: Settings, tmp_path: Path) -> None:
    """It is pending again with the reason and the new evidence; the old decision is kept."""
    first = feedback("f-1", value=None, signal="correction", correction="It was $84.1 million.")
    deliver(settings, tmp_path / "monday.jsonl", interaction("i-1"), first)
    run_curate(settings)
    [candidate] = read_candidates(open_store(settings))
    decision = Decision(
        candidate_id=candidate.candidate_id,
        verdict=Verdict.APPROVE,
        reviewer="rosa",
        time=datetime.now(UTC).isoformat(),  # type: ignore[arg-type]  # as a page sends it
    )
    assert record_decision(settings, decision)
    assert run_curate(settings).reopened == 0
    assert read_candidates(open_store(settings)) == []

    late = feedback("f-2", user="u-2", time=LATER, **CORRECTED)
    deliver(settings, tmp_path / "next-week.jsonl", late)
    assert run_curate(settings).reopened == 1
    [again] = read_candidates(open_store(settings))
    assert again.candidate_id == candidate.candidate_id
    assert again.reopened and again.verdict == "approve"
    assert "a user has given another answer since it was approved" in again.reason
    assert again.suggested_output == CORRECTED["correction"]
    assert count_rows(open_store(settings), "decisions") == 1


def test_a_later_thumb_takes_the_earlier_ones_place(settings: Settings, tmp_path: Path) -> None:
    """In P(good), whichever arrives first; both rows are kept."""
    deliver(settings, tmp_path / "a.jsonl", interaction("i-1"), feedback("f-1", value=-1))
    run_curate(settings)
    refused = p_good(settings)
    deliver(settings, tmp_path / "b.jsonl", feedback("f-2", value=1, time=LATER))
    run_curate(settings)
    praised = p_good(settings)
    assert refused < 0.5 < praised
    assert count_rows(open_store(settings), "feedback") == 2

    earlier = feedback("f-0", value=-1, time="2025-01-05T09:00:00Z")
    deliver(settings, tmp_path / "c.jsonl", earlier)
    run_curate(settings)
    assert p_good(settings) == praised


def test_one_thumb_alone_says_as_much_as_the_last_of_two(
    settings: Settings, tmp_path: Path
) -> None:
    """What a user took back weighs nothing."""
    twice = (feedback("f-1", value=-1), feedback("f-2", value=1, time=LATER))
    deliver(settings, tmp_path / "a.jsonl", interaction("i-1"), *twice)
    deliver(
        settings,
        tmp_path / "b.jsonl",
        interaction("i-2"),
        feedback("f-3", value=1, interaction_id="i-2"),
    )
    run_curate(settings)
    with open_store(settings).transaction() as connection:
        rows = connection.execute("SELECT DISTINCT p_good FROM current_scores").fetchall()
    assert len(rows) == 1
