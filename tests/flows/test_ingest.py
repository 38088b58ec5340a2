"""The flow `ingest` on small real streams."""

from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient

from flows.ingest import ingest
from flywheel.scrub.patterns import PATTERNS
from flywheel.settings import Settings
from flywheel.steps.status import read_status
from flywheel.store import open_store
from tests.flows.conftest import Told
from tests.streams import BROKEN, PLANTED, stream, write

PARTS = ("blank", "outside", "resent", "quarantined", "interactions", "feedback")
"""What a line may become; read is their sum."""


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files of one stream below the working directory."""
    monkeypatch.chdir(tmp_path)
    lines = stream(20)
    write(tmp_path / "data/inbox/a.jsonl", lines[:30])
    write(tmp_path / "data/inbox/b.jsonl.gz", lines[30:])
    return tmp_path / "data/inbox"


def test_a_run_shows_what_became_of_every_line(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """Funnel and quarantine are artifacts by source; the store holds what they say."""
    state = ingest(home=str(settings.home), return_state=True)

    told = Told(prefect, state)
    assert state.is_completed()
    assert told.run.name == "ingest data/inbox"
    assert told.keys == {"funnel", "quarantine", "pii-report", "canaries"}
    assert told.progress == [100.0]
    *sources, total = told.table("funnel")
    assert [row["source"] for row in sources] == ["data/inbox/a.jsonl", "data/inbox/b.jsonl.gz"]
    for row in (*sources, total):
        parts = [n for name, n in row.items() if name not in ("source", "read")]
        assert row["read"] == sum(parts)
    status = read_status(open_store(settings))
    assert (total["interactions"], total["feedback"]) == (status.interactions, status.feedback)
    assert total["quarantined"] == status.quarantined == len(BROKEN)


def test_quarantined_lines_are_listed_with_place_and_reason(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """Whoever mends a source finds the line without opening the database."""
    told = Told(prefect, ingest(home=str(settings.home), return_state=True))

    rows = told.table("quarantine")
    assert {row["reason"] for row in rows} == {"not_json", "not_object", "not_utf8", "type_unknown"}
    assert all(row["line"] > 0 and row["source"].startswith("data/inbox/") for row in rows)
    assert f"**{len(BROKEN)} lines put aside**" in told.artifact("quarantine")["description"]


def test_no_personal_data_reaches_prefect(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """Parameters, states, logs, task runs and artifacts carry counts, never text."""
    told = Told(prefect, ingest(home=str(settings.home), return_state=True))

    assert told.logs
    for planted in (*PLANTED, "revenue of segment"):
        assert planted not in told.all_words


def test_a_second_run_starts_no_task_for_what_it_read(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """Every quarter of an hour over a full inbox costs one look, not a task a file."""
    ingest(home=str(settings.home), return_state=True)
    state = ingest(home=str(settings.home), return_state=True)

    told = Told(prefect, state)
    assert state.message == "nothing new in data/inbox"
    assert told.tasks == ["find sources"]
    assert told.keys == set()


def test_an_inbox_that_is_not_there_yet_is_no_error(
    prefect: SyncPrefectClient, settings: Settings, tmp_path: Path
) -> None:
    """The schedule runs from the first minute, before any event was delivered."""
    missing = str(tmp_path / "inbox")
    state = ingest((missing,), allow_empty=True, home=str(settings.home), return_state=True)

    assert state.is_completed()
    assert "nothing new" in (state.message or "")


def test_a_source_that_somebody_named_must_be_there(
    prefect: SyncPrefectClient, settings: Settings, tmp_path: Path
) -> None:
    """A typing mistake is not a quiet success."""
    state = ingest((str(tmp_path / "tpyo"),), home=str(settings.home), return_state=True)

    assert state.is_failed()
    assert "no such file or folder" in (state.message or "")


def test_one_bad_source_does_not_stop_the_others(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """The run ends failed and names the file; the other files' events are in."""
    (inbox / "a-torn.parquet").write_bytes(b"PAR1 this is not the end of a Parquet file")
    state = ingest(home=str(settings.home), return_state=True)

    assert state.is_failed()
    assert state.message == ("1 of 3 sources failed: data/inbox/a-torn.parquet (SourceError)")
    assert read_status(open_store(settings)).interactions == 20
    assert len(Told(prefect, state).table("funnel")) == 3


def test_what_was_taken_out_is_shown_as_counts(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """By type, field and recogniser; and that the scrubber found every planted identity."""
    told = Told(prefect, ingest(home=str(settings.home), return_state=True))

    rows = told.table("pii-report")
    assert set(rows[0]) == {"type", "field", "recogniser", "taken out"}
    by_type: dict[str, int] = {}
    for row in rows:
        by_type[row["type"]] = by_type.get(row["type"], 0) + row["taken out"]
    assert by_type.keys() == {"CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "PERSON"}
    assert f"**{sum(by_type.values())} pieces" in told.artifact("pii-report")["description"]
    assert {row["recall"] for row in told.table("canaries")} == {1.0}


def test_a_blind_scrubber_fails_the_run_and_shows_how_blind(
    prefect: SyncPrefectClient,
    settings: Settings,
    inbox: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every source fails by the same name, nothing is stored, and the recall can be read."""
    monkeypatch.setitem(PATTERNS, "US_SSN", lambda text: iter(()))
    monkeypatch.setenv("FLYWHEEL_SCRUB__SCORE_THRESHOLD", "0.4004")  # an engine of its own
    state = ingest(home=str(settings.home), return_state=True)

    told = Told(prefect, state)
    assert state.message == (
        "2 of 2 sources failed: data/inbox/a.jsonl (CanaryError), "
        "data/inbox/b.jsonl.gz (CanaryError)"
    )
    recall = {row["type"]: row["recall"] for row in told.table("canaries")}
    assert recall["US_SSN"] < 0.8 <= recall["PERSON"]
    status = read_status(open_store(settings))
    assert (status.interactions, status.quarantined) == (0, 0)


def test_a_link_to_nowhere_stops_no_other_source(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """It is named in the run's end; the other files are in."""
    (inbox / "c.jsonl").symlink_to(inbox / "gone.jsonl")
    state = ingest(home=str(settings.home), return_state=True)

    assert state.is_failed()
    assert (state.message or "").startswith("1 of 3 sources failed: ")
    assert read_status(open_store(settings)).interactions == 20


def test_a_span_counts_the_others_and_moves_no_cursor(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """All events are of one day: before it nothing goes in, from it on everything."""
    before = Told(prefect, ingest(until="2025-01-06", home=str(settings.home), return_state=True))
    total = before.table("funnel")[-1]
    assert total["outside"] > 0 == total["interactions"] == total["feedback"]
    assert total["read"] == sum(total[name] for name in PARTS)

    after = Told(prefect, ingest(since="2025-01-06", home=str(settings.home), return_state=True))
    assert after.table("funnel")[-1]["outside"] == 0
    assert read_status(open_store(settings)).interactions == 20

    usual = Told(prefect, ingest(home=str(settings.home), return_state=True))
    total = usual.table("funnel")[-1]
    assert total["interactions"] == total["feedback"] == 0 < total["resent"]


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """The same funnel as the run that follows."""
    dry = Told(prefect, ingest(dry_run=True, home=str(settings.home), return_state=True))
    assert "Dry run: nothing was written." in dry.artifact("funnel")["description"]
    assert read_status(open_store(settings)).funnel.read == 0

    wet = Told(prefect, ingest(home=str(settings.home), return_state=True))
    assert wet.table("funnel") == dry.table("funnel")
    assert "Dry run" not in wet.artifact("funnel")["description"]


def test_a_time_that_is_none_fails_before_anything_is_read(
    prefect: SyncPrefectClient, settings: Settings, inbox: Path
) -> None:
    """With the value and what is expected."""
    state = ingest(since="last week", home=str(settings.home), return_state=True)
    assert state.is_failed() and "last week" in (state.message or "")
    assert read_status(open_store(settings)).funnel.read == 0
