"""Bounded runs and dry runs: what they take, what they count, and what they leave alone."""

from pathlib import Path

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps.facts import facts_hash
from flywheel.steps.funnel import IngestReport, read_funnel
from flywheel.steps.ingest import run_ingest
from flywheel.steps.status import read_status
from flywheel.store import open_store
from flywheel.times import parse_span
from tests.facts import count_rows
from tests.streams import BROKEN, as_line, bytes_below, feedback, stream, write

JANUARY = parse_span("2025-01-01", "2025-02-01")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two events in January, one in February, a broken line."""
    times = ("2025-01-06T09:00:00Z", "2025-01-31T23:59:59Z", "2025-02-01T00:00:00Z")
    lines = [as_line(feedback(f"f-{n}", time=time)) for n, time in enumerate(times)]
    return write(tmp_path / "events" / "a.jsonl", [*lines, BROKEN[0], b""])


def adds_up(report: IngestReport) -> bool:
    rest = report.blank + report.quarantined + report.outside + report.resent + report.stored
    return report.read == rest


def test_only_events_of_the_span_go_in_and_the_rest_is_counted(
    settings: Settings, log: Path
) -> None:
    """And where the next run goes on does not change: it reads what was outside."""
    report = run_ingest(settings, [str(log)], span=JANUARY)
    assert (report.stored, report.outside, report.quarantined, report.blank) == (2, 1, 1, 1)
    assert adds_up(report) and count_rows(open_store(settings), "cursors") == 0
    whole = run_ingest(settings, [str(log)])
    assert (whole.stored, whole.resent, whole.outside) == (1, 2, 0) and adds_up(whole)


def test_history_is_read_again_though_its_source_was_read(settings: Settings, log: Path) -> None:
    """Nothing goes in twice, neither facts nor faults."""
    run_ingest(settings, [str(log)])
    store = open_store(settings)
    before = facts_hash(store)
    again = run_ingest(settings, [str(log)], span=JANUARY)
    assert (again.resent, again.stored) == (2, 0) and facts_hash(store) == before
    assert read_status(store).quarantined == 1
    assert run_ingest(settings, [str(log)]).sources[0].note == "unchanged"


def test_a_dry_run_on_nothing_writes_nothing(settings: Settings, tmp_path: Path) -> None:
    """No database, no salt, no folder; its numbers are those of the run that follows."""
    write(tmp_path / "events" / "a.jsonl", stream(12))
    write(tmp_path / "events" / "b.jsonl", stream(12))
    rehearsed = run_ingest(settings, [str(tmp_path / "events")], dry_run=True)
    assert not settings.home.exists() and rehearsed.dry_run and adds_up(rehearsed)
    real = run_ingest(load_settings(settings.home), [str(tmp_path / "events")])
    same = {"run_id", "dry_run", "data_docs"}
    assert rehearsed.model_dump(exclude=same) == real.model_dump(exclude=same)


def test_a_dry_run_on_a_home_changes_no_byte_of_it(settings: Settings, log: Path) -> None:
    """It knows what is there, and goes on from the cursors."""
    run_ingest(settings, [str(log)])
    with log.open("ab") as file:
        file.write(as_line(feedback("f-1")) + b"\n" + as_line(feedback("new")) + b"\n")
    before = bytes_below(settings.home)
    rehearsed = run_ingest(settings, [str(log)], dry_run=True)
    assert (rehearsed.read, rehearsed.resent, rehearsed.feedback) == (2, 1, 1)
    assert bytes_below(settings.home) == before
    assert run_ingest(settings, [str(log)]).stored == 1


def test_the_funnel_of_sources_and_runs_adds_up(settings: Settings, log: Path) -> None:
    """Both to the same sum, which `status` shows."""
    for span in (JANUARY, parse_span(None, None)):
        run_ingest(settings, [str(log.parent)], span=span)
    store = open_store(settings)
    total = read_status(store).funnel.model_dump()
    for by, rows in (("source", 1), ("run", 2)):
        funnel = read_funnel(store, by)  # type: ignore[arg-type]
        assert len(funnel) == rows
        for name in total:
            assert sum(getattr(row, name) for row in funnel) == total[name]
    assert total["read"] == sum(total.values()) - total["read"] == 10


def test_orphans_that_wait_too_long_are_reported(settings: Settings, log: Path) -> None:
    """Counted from when they came: history that is read late is no old orphan."""
    assert run_ingest(settings, [str(log)]).stale_orphans == 0
    with open_store(settings).transaction() as connection:
        connection.execute("UPDATE batches SET committed_at = now() - INTERVAL 8 DAY")
    write(log, [as_line(feedback("f-9"))])
    assert run_ingest(settings, [str(log)]).stale_orphans == 3
    assert read_status(open_store(settings), 7).stale_orphans == 3
    assert read_status(open_store(settings), 9).stale_orphans == 0
