"""Decisions are appended, scrubbed, the latest wins; a bad line is refused and the rest goes in."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flywheel.errors import InputError
from flywheel.settings import Settings
from flywheel.steps import decide, queue
from flywheel.steps.candidates import read_candidate
from flywheel.steps.decide import (
    DecisionsReport,
    Refusal,
    import_decisions,
    record_decision,
)
from flywheel.steps.queue import export_decisions
from flywheel.store import Store, open_store
from schemas.decision import Decision, Verdict
from tests.facts import add_candidate, count_rows, together

SECRET = "jane.miller@miller.example"


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def line(
    candidate: str, verdict: str = "approve", minute: int = 0, **changes: Any
) -> dict[str, Any]:
    time = f"2025-01-07T12:{minute:02}:00Z"
    values = {"candidate_id": candidate, "verdict": verdict, "reviewer": "me", "time": time}
    return {key: value for key, value in (values | changes).items() if value is not ...}


def imported(
    settings: Settings, path: Path, *lines: dict[str, Any] | bytes, **arguments: Any
) -> DecisionsReport:
    rows = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines]
    path.write_bytes(b"\n".join(rows) + b"\n")
    return import_decisions(settings, path, **arguments)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


def test_good_lines_go_in_and_bad_ones_are_refused_by_number(
    store: Store, settings: Settings, path: Path
) -> None:
    """One bad line costs nobody else's work; blank lines are nothing; the report is in order."""
    with together(store) as at_once:
        first = add_candidate(at_once, question="A?")
        unwritten = add_candidate(at_once, question="B?", proposed_output=None)
        third = add_candidate(at_once, "bank", question="C?")
    report = imported(
        settings,
        path,
        line(first),
        b"{half a line",
        line("c-unknown"),
        line(unwritten),
        b"",
        line(third, "reject"),
        {"kind": "candidate", "candidate_id": third, "answer": "x"},
        line(third, "reject", reason="off topic"),
        line(first, time=(datetime.now(UTC) + timedelta(hours=1)).isoformat()),
    )
    assert report == DecisionsReport(
        accepted=2,
        unchanged=0,
        ignored=1,
        refused=(
            Refusal(line=2, reason="no JSON"),
            Refusal(line=3, reason="candidate_id: no such candidate"),
            Refusal(line=4, reason="verdict: no ideal output is proposed: use edit with output"),
            Refusal(line=6, reason="reject needs a reason"),
            Refusal(line=9, reason="time: in the future"),
        ),
    )
    assert read_candidate(store, first).state == "approved"
    assert read_candidate(store, third).decided_reason == "off topic"
    assert read_candidate(store, unwritten).state == "pending"


def test_the_same_file_again_changes_nothing(store: Store, settings: Settings, path: Path) -> None:
    """With times and without: a decision that stands is not made twice."""
    with together(store) as at_once:
        first, second = add_candidate(at_once, question="A?"), add_candidate(at_once, question="B?")
    rows = [
        line(first, "edit", output=f"write to {SECRET}"),
        line(first, "edit", output=f"write to {SECRET}"),
        line(second, time=...),
        line(second, time=...),
    ]
    report = imported(settings, path, *rows)
    assert (report.accepted, report.unchanged) == (2, 2)
    report = imported(settings, path, *rows)
    assert (report.accepted, report.unchanged) == (0, 4)
    assert count_rows(store, "decisions") == 2


def test_the_latest_decision_wins_by_its_time(store: Store, settings: Settings, path: Path) -> None:
    """Not by when its line came in; the earlier ones stay as facts."""
    id = add_candidate(store)
    imported(settings, path, line(id, "reject", 30, reason="wrong"), line(id, minute=10))
    assert read_candidate(store, id).state == "rejected"
    imported(settings, path, line(id, minute=40))
    assert read_candidate(store, id).state == "approved"
    assert count_rows(store, "decisions") == 3


def test_of_lines_without_a_time_the_last_wins(
    store: Store, settings: Settings, path: Path
) -> None:
    """A file is read from top to bottom; a verdict that comes back is a new fact."""
    id = add_candidate(store)
    approve, reject = line(id, time=...), line(id, "reject", time=..., reason="wrong")
    for order, state in (
        ([approve, reject, approve], "approved"),
        ([reject, approve, approve, reject], "rejected"),
    ):
        assert imported(settings, path, *order).accepted == 3
        assert read_candidate(store, id).state == state


def test_a_line_without_a_time_wins_over_a_clock_that_runs_ahead(
    store: Store, settings: Settings, path: Path
) -> None:
    """Another machine's minute must not swallow what is decided now."""
    id = add_candidate(store)
    ahead = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    imported(settings, path, line(id, time=ahead))
    imported(settings, path, line(id, "reject", reason="no", time=...))
    assert read_candidate(store, id).verdict is Verdict.REJECT


def test_what_reviewers_write_is_scrubbed_before_it_is_stored(
    store: Store, settings: Settings, path: Path
) -> None:
    """No byte under the home has it: not the database, not its log."""
    with together(store) as at_once:
        first, second = add_candidate(at_once, question="A?"), add_candidate(at_once, question="B?")
    imported(settings, path, line(first, "edit", output=f"Write to {SECRET} for $85.1 million"))
    one = line(second, "reject", reason=f"{SECRET} said so")
    assert record_decision(settings, Decision.model_validate_json(json.dumps(one)))
    view = read_candidate(store, first)
    assert view.decided_output is not None and view.decided_output.endswith("for $85.1 million")
    assert "<EMAIL_ADDRESS_" in view.decided_output
    assert "<EMAIL_ADDRESS_" in (read_candidate(store, second).decided_reason or "")
    for file in settings.home.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_one_decision_is_recorded_once(store: Store, settings: Settings) -> None:
    """The review page learns whether a click was new."""
    id = add_candidate(store)
    decision = Decision.model_validate_json(json.dumps(line(id)))
    assert record_decision(settings, decision) is True
    assert record_decision(settings, decision) is False
    assert count_rows(store, "decisions") == 1


def test_what_is_decided_last_stands_though_the_clock_was_put_back(
    store: Store, settings: Settings
) -> None:
    """A reviewer sees the verdict that was just given, not the one before."""
    id = add_candidate(store)
    for hour, verdict in (("12", "reject"), ("11", "approve")):
        one = line(id, verdict, reason="no", time=f"2025-01-08T{hour}:00:00Z")
        assert record_decision(settings, Decision.model_validate_json(json.dumps(one)))
    view = read_candidate(store, id)
    assert (view.verdict, view.state) == (Verdict.APPROVE, "approved")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"candidate_id": "c-none"}, "no such candidate"),
        ({"time": "2999-01-01T00:00:00Z"}, "in the future"),
        ({"verdict": "edit", "output": "x" * 2000}, "longer than 1000 characters"),
        ({}, "no ideal output is proposed"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    store: Store, settings: Settings, changes: dict[str, Any], reason: str
) -> None:
    """With the rule that it breaks, and nothing is written."""
    id = add_candidate(store, proposed_output=None)
    short = settings.scrub.model_copy(update={"max_chars": 1000})
    decision = Decision.model_validate_json(json.dumps(line(id) | changes))
    with pytest.raises(InputError, match=reason):
        record_decision(settings.model_copy(update={"scrub": short}), decision)
    assert count_rows(store, "decisions") == 0


def test_who_listens_hears_once_how_many_were_accepted(
    store: Store, settings: Settings, path: Path
) -> None:
    """Promotion is started by finished decisions, not by a file without any."""
    heard: list[int] = []
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"{n}?") for n in range(3)]
    imported(settings, path, *map(line, ids), on_finished=heard.append)
    imported(settings, path, *map(line, ids), on_finished=heard.append)
    imported(settings, path, b"[]", on_finished=heard.append)
    assert heard == [3]


def test_a_long_file_goes_in_by_batches(
    store: Store, settings: Settings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line numbers run on over batches, and a line that is too long is passed by whole."""
    monkeypatch.setattr(decide, "BATCH", 2)
    small = settings.ingest.model_copy(update={"max_line_bytes": 1024})
    limited = settings.model_copy(update={"ingest": small})
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"{n}?") for n in range(4)]
    long = json.dumps(line(ids[3], "edit", output="x" * 5000)).encode()
    report = imported(limited, path, *map(line, ids[:3]), long, line(ids[3]), b"null")
    assert report.accepted == 4
    assert report.refused == (
        Refusal(line=4, reason="longer than 1024 bytes"),
        Refusal(line=6, reason="no JSON object"),
    )


def test_a_file_may_begin_with_a_byte_order_mark_and_end_without_a_newline(
    store: Store, settings: Settings, path: Path
) -> None:
    """Spreadsheets and editors write such files."""
    id = add_candidate(store)
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(line(id)).encode())
    assert import_decisions(settings, path).accepted == 1


def test_a_file_that_cannot_be_read_is_named(settings: Settings, tmp_path: Path) -> None:
    """A missing file and a folder are the caller's mistakes."""
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            import_decisions(settings, path)


def test_an_export_can_be_decided_and_given_back(
    store: Store, settings: Settings, path: Path
) -> None:
    """A script adds verdict and reviewer to each line; the same lines again are unchanged."""
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"{n}?") for n in range(3)]
    assert export_decisions(settings, path) == 3
    rows = [json.loads(one) for one in path.read_text("utf-8").splitlines()]
    assert {row["kind"] for row in rows} == {"candidate"}
    assert {row["answer"] for row in rows} == {"$58.1 million"}
    assert not {"verdict", "reviewer", "output", "reason", "time"} & rows[0].keys()
    decided = [row | {"verdict": "approve", "reviewer": "script"} for row in rows[:2]]
    report = imported(settings, path, *decided, rows[2])
    assert (report.accepted, report.ignored, report.refused) == (2, 1, ())
    assert export_decisions(settings, path) == 3
    rows = [json.loads(one) for one in path.read_text("utf-8").splitlines()]
    assert [row["kind"] for row in rows] == ["candidate", "decision", "decision"]
    assert {row["candidate_id"] for row in rows} == set(ids)
    report = import_decisions(settings, path)
    assert (report.accepted, report.unchanged, report.ignored) == (0, 2, 1)


def test_an_export_of_all_has_the_decided_candidates_too(
    store: Store, settings: Settings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pages, the queue's order kept, then every decision as it was recorded."""
    monkeypatch.setattr(queue, "_CHUNK", 2)
    with together(store) as at_once:
        ids = [add_candidate(at_once, question=f"{n}?", p_good=n / 100) for n in range(5)]
    imported(settings, path, *(line(id, minute=n) for id in ids[:1] for n in range(4)))
    assert export_decisions(settings, path, state="all") == 9
    rows = [json.loads(one) for one in path.read_text("utf-8").splitlines()]
    assert [row["candidate_id"] for row in rows[:5]] == ids
    assert rows[0]["state"] == "approved"
    assert [row["time"] for row in rows[5:]] == [f"2025-01-07T12:0{n}:00Z" for n in range(4)]


def test_verdicts_are_those_that_a_reviewer_can_say() -> None:
    """Pinned: labelling tools and the review page send these words."""
    assert list(Verdict) == ["approve", "edit", "reject", "skip", "send", "undo"]
