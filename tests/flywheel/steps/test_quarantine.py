"""Quarantine lists places and reasons, and takes in what passes when it is read again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flywheel.settings import Settings
from flywheel.steps.ingest import run_ingest
from flywheel.steps.quarantine import QuarantinedFault, read_quarantine, retry_quarantine
from flywheel.steps.status import read_status
from flywheel.store import open_store
from tests.facts import count_rows
from tests.streams import BROKEN, as_line, feedback, interaction, write, write_parquet

OLD = "2001-01-06T09:00:00Z"
"""Before the default horizon."""


def with_horizon(settings: Settings, year: int) -> Settings:
    ingest = settings.ingest.model_copy(update={"horizon": datetime(year, 1, 1, tzinfo=UTC)})
    return settings.model_copy(update={"ingest": ingest})


def faults(settings: Settings, **filters: Any) -> list[QuarantinedFault]:
    return read_quarantine(open_store(settings), **filters)


@pytest.fixture(params=["a.jsonl", "a.jsonl.gz"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Two events that are too old, two good ones, and four lines that nothing can mend."""
    lines = [
        as_line(interaction("old", time=OLD)),
        as_line(interaction("new")),
        as_line(feedback("old", time=OLD, interaction_id="old")),
        *BROKEN,
        as_line(feedback("new", interaction_id="new")),
    ]
    return write(tmp_path / "events" / str(request.param), lines)


def test_a_fault_says_where_it_stands_and_why(settings: Settings, tmp_path: Path) -> None:
    """Enough to find the line with any tool."""
    path = write(tmp_path / "a.jsonl", [as_line(interaction()), *BROKEN])
    run_ingest(settings, [str(path)])
    found = faults(settings)
    assert [(fault.line, fault.reason) for fault in found] == [
        (2, "not_json"),
        (3, "not_object"),
        (4, "not_utf8"),
        (5, "type_unknown"),
    ]
    for fault, line in zip(found, BROKEN, strict=True):
        assert path.read_bytes()[fault.offset :].startswith(line + b"\n")
        assert fault.source == str(path) and fault.stage == "parse"
        assert fault.quarantined_at.endswith("Z")


def test_the_list_can_be_filtered(settings: Settings, tmp_path: Path) -> None:
    """By reason, by a source's path or a part of it."""
    for name in ("monday", "tuesday"):
        write(tmp_path / f"{name}.jsonl", BROKEN)
    run_ingest(settings, [str(tmp_path / "*.jsonl")])
    assert len(faults(settings)) == 8
    assert len(faults(settings, reason="not_json")) == 2
    assert len(faults(settings, source="monday")) == 4
    assert len(faults(settings, source=str(tmp_path / "tuesday.jsonl"), reason="not_json")) == 1
    assert faults(settings, source="wednesday") == []


def test_what_passes_now_is_stored_and_leaves_the_list(settings: Settings, source: Path) -> None:
    """After the horizon was moved; what is still broken stays."""
    run_ingest(settings, [str(source)])
    assert len(faults(settings)) == 6
    report = retry_quarantine(with_horizon(settings, 2000))
    assert (report.tried, report.stored, report.resent, report.gone) == (6, 2, 0, 0)
    assert sum(report.failing.values()) == len(BROKEN) == len(faults(settings))
    found = read_status(open_store(settings))
    assert (found.interactions, found.feedback, found.orphan_feedback) == (2, 2, 0)


def test_a_retry_that_helps_nothing_changes_nothing(settings: Settings, source: Path) -> None:
    """The same faults, the same counts, no batch."""
    run_ingest(settings, [str(source)])
    before = (faults(settings), count_rows(open_store(settings), "batches"))
    report = retry_quarantine(settings)
    assert report.stored == 0 and sum(report.failing.values()) == 6
    assert (faults(settings), count_rows(open_store(settings), "batches")) == before


def test_a_second_retry_finds_only_what_is_left(settings: Settings, source: Path) -> None:
    """What was stored is not tried again."""
    run_ingest(settings, [str(source)])
    for tried in (6, 4):
        assert retry_quarantine(with_horizon(settings, 2000)).tried == tried


def test_a_fault_that_left_the_list_does_not_come_back(settings: Settings, source: Path) -> None:
    """Even when its source is read from the start again."""
    run_ingest(settings, [str(source)])
    retry_quarantine(with_horizon(settings, 2000))
    with open_store(settings).transaction() as connection:
        connection.execute("DELETE FROM cursors")
    run_ingest(settings, [str(source)])
    assert len(faults(settings)) == len(BROKEN)


def test_an_event_that_came_again_meanwhile_is_resent(settings: Settings, tmp_path: Path) -> None:
    """Its fault leaves the list, nothing goes in twice."""
    first = write(tmp_path / "a.jsonl", [as_line(feedback("f", time=OLD))])
    run_ingest(settings, [str(first)])
    again = write(tmp_path / "b.jsonl", [as_line(feedback("f"))])
    run_ingest(settings, [str(again)])
    report = retry_quarantine(with_horizon(settings, 2000))
    assert (report.stored, report.resent) == (0, 1)
    assert faults(settings) == [] and read_status(open_store(settings)).feedback == 1


def test_a_source_that_changed_is_not_guessed_at(settings: Settings, source: Path) -> None:
    """Other bytes at the place, a shorter file, or none: the fault stays."""
    run_ingest(settings, [str(source)])
    write(source, [as_line(interaction("changed", time=OLD))])
    patient = with_horizon(settings, 2000)
    report = retry_quarantine(patient)
    assert (report.gone, report.stored, len(faults(settings))) == (6, 0, 6)
    source.unlink()
    assert retry_quarantine(patient).gone == 6


def test_rows_of_parquet_are_tried_again(settings: Settings, tmp_path: Path) -> None:
    """By their row."""
    events = [feedback("f-1"), feedback("f-2", time=OLD), feedback("f-3", time=OLD)]
    run_ingest(settings, [str(write_parquet(tmp_path / "a.parquet", events))])
    assert [(fault.line, fault.offset) for fault in faults(settings)] == [(2, 1), (3, 2)]
    assert retry_quarantine(with_horizon(settings, 2000)).stored == 2


def test_a_longer_line_may_pass_with_a_higher_limit(settings: Settings, tmp_path: Path) -> None:
    """The reason to try again."""
    short = settings.ingest.model_copy(update={"max_line_bytes": 1024})
    path = write(tmp_path / "a.jsonl", [as_line(interaction(output="figures " * 300))])
    run_ingest(settings.model_copy(update={"ingest": short}), [str(path)])
    assert [fault.reason for fault in faults(settings)] == ["line_too_long"]
    assert retry_quarantine(settings).stored == 1 and faults(settings) == []


def test_only_what_the_filter_names_is_tried(settings: Settings, source: Path) -> None:
    """By reason, in batches, with progress over all of them."""
    run_ingest(settings, [str(source)])
    seen: list[tuple[int, int | None]] = []
    ingest = with_horizon(settings, 2000).ingest.model_copy(update={"batch_lines": 1})
    one_by_one = settings.model_copy(update={"ingest": ingest})
    reason = next(fault.reason for fault in faults(settings) if fault.stage == "validate")
    report = retry_quarantine(one_by_one, reason=reason, progress=lambda *done: seen.append(done))
    assert report.tried == report.stored == 2
    assert seen == [(1, 2), (2, 2)]
