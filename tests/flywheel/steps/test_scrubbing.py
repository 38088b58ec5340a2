"""What scrubbing did, as facts; and that a run whose scrubber is blind writes nothing."""

import json
from pathlib import Path

import pytest

from flywheel.errors import CanaryError
from flywheel.scrub.canaries import read_canaries
from flywheel.scrub.patterns import PATTERNS
from flywheel.settings import Settings
from flywheel.steps.ingest import run_ingest
from flywheel.steps.quarantine import retry_quarantine
from flywheel.steps.status import read_status
from flywheel.store import open_store
from tests.facts import count_rows
from tests.streams import EMAIL, as_line, bytes_below, feedback, interaction, stream, write


def with_scrub(settings: Settings, **changes: object) -> Settings:
    """The settings with others for scrubbing; the salt stays."""
    return settings.model_copy(update={"scrub": settings.scrub.model_copy(update=changes)})


@pytest.fixture
def blind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose engine, of its own, finds no e-mail address."""
    monkeypatch.setitem(PATTERNS, "EMAIL_ADDRESS", lambda text: iter(()))
    return with_scrub(settings, score_threshold=0.4003)


def test_a_blind_scrubber_stops_the_run_before_it_writes(blind: Settings, tmp_path: Path) -> None:
    """Not a fact, not a fault, not a cursor; the message names the type in one line."""
    events = tmp_path / "events"
    write(events / "a.jsonl", [b"not json", *stream(6)])
    write(events / "b.jsonl", stream(3, seed=8))
    with pytest.raises(CanaryError) as caught:
        run_ingest(blind, [str(events)])
    assert str(caught.value) == (
        "the scrubber found too few of the identities planted to try it (EMAIL_ADDRESS 0 of 5; "
        "the least is FLYWHEEL_SCRUB__CANARY_RECALL, 0.8): nothing was written"
    )
    store = open_store(blind)
    tables = ("interactions", "feedback", "quarantine", "batches", "cursors", "canaries")
    assert {name: count_rows(store, name) for name in tables} == dict.fromkeys(tables, 0)
    assert EMAIL.encode() not in bytes_below(blind.home)


def test_the_next_run_reads_what_the_stopped_one_left(blind: Settings, tmp_path: Path) -> None:
    """Mended, nothing is lost; and who sets the least to 0 takes the risk."""
    path = write(tmp_path / "a.jsonl", [as_line(interaction())])
    with pytest.raises(CanaryError):
        run_ingest(blind, [str(path)])
    report = run_ingest(with_scrub(blind, canary_recall=0.0), [str(path)])
    assert report.interactions == 1
    recall = read_status(open_store(blind)).personal_data.canary_recall
    assert (recall["EMAIL_ADDRESS"], recall["US_SSN"]) == (0.0, 1.0)


def test_a_retry_of_quarantine_is_tried_as_well(blind: Settings, tmp_path: Path) -> None:
    """It writes facts from raw bytes, too."""
    path = write(tmp_path / "a.jsonl", [as_line(feedback(id=""))])
    run_ingest(with_scrub(blind, canary_recall=0.0), [str(path)])
    with pytest.raises(CanaryError):
        retry_quarantine(blind)


def test_one_tiny_record_is_enough(settings: Settings, tmp_path: Path) -> None:
    """A thumb without a word; every type is tried, and `status` says so."""
    path = write(tmp_path / "a.jsonl", [as_line(feedback())])
    report = run_ingest(settings, [str(path)])
    types = {canary.type for canary in read_canaries()}
    assert {one.type: one.recall for one in report.canaries} == dict.fromkeys(types, 1.0)
    status = read_status(open_store(settings)).personal_data
    assert status.canary_recall == dict.fromkeys(types, 1.0)
    assert status.taken_out == ()


def test_a_run_that_reads_nothing_plants_nothing(settings: Settings, tmp_path: Path) -> None:
    """What `status` shows stays that of the newest run that wrote."""
    path = write(tmp_path / "a.jsonl", stream(2))
    run_ingest(settings, [str(path)])
    assert run_ingest(settings, [str(path)]).canaries == ()
    assert set(read_status(open_store(settings)).personal_data.canary_recall.values()) == {1.0}


def test_no_canary_is_stored_or_counted(settings: Settings, tmp_path: Path) -> None:
    """They live in memory, and the counts are those of the records alone."""
    text = f"I'm Nora Byron, write to {EMAIL} or ann@example.com."
    more = {"messages": [{"role": "user", "content": text}], "tags": {"mail": EMAIL}}
    path = write(tmp_path / "a.jsonl", [as_line(interaction(**more))])
    report = run_ingest(settings, [str(path)])
    assert [(one.type, one.field, one.recogniser, one.count) for one in report.found] == [
        ("EMAIL_ADDRESS", "messages", "pattern", 2),
        ("EMAIL_ADDRESS", "tags", "pattern", 1),
        ("PERSON", "messages", "cue", 1),
    ]
    left = bytes_below(settings.home)
    assert not [canary for canary in read_canaries() if canary.value.encode() in left]


def test_counts_and_the_policy_are_facts_of_each_batch(settings: Settings, tmp_path: Path) -> None:
    """By field, type and recogniser; they add up to the batch's own counts by type."""
    path = write(tmp_path / "a.jsonl", stream(12))
    small = settings.model_copy(
        update={"ingest": settings.ingest.model_copy(update={"batch_lines": 10})}
    )
    run_ingest(small, [str(path)])
    with open_store(settings).transaction() as connection:
        batches = connection.execute("SELECT batch_id, entities FROM batches").fetchall()
        counted = connection.execute(
            "SELECT batch_id, type, sum(count) FROM scrub_counts GROUP BY ALL"
        ).fetchall()
        under = dict(connection.execute("SELECT * FROM batch_scrubbings").fetchall())
    assert len(batches) > 2 and set(under) == {batch for batch, _ in batches}
    assert len(set(under.values())) == 1
    by_batch: dict[str, dict[str, int]] = {batch: {} for batch, _ in batches}
    for batch, kind, count in counted:
        by_batch[batch][kind] = int(count)
    assert by_batch == {batch: json.loads(entities) for batch, entities in batches}


def test_another_policy_is_another_version(settings: Settings, tmp_path: Path) -> None:
    """So one can tell which facts were scrubbed under which."""
    copy = tmp_path / "policy.toml"
    text = settings.scrub.policy.read_text("utf-8")
    copy.write_text(text.replace("# CREDIT_CARD", "CREDIT_CARD"), "utf-8")
    for number, chosen in enumerate((settings, with_scrub(settings, policy=copy))):
        path = write(tmp_path / f"{number}.jsonl", [as_line(interaction(f"i-{number}"))])
        run_ingest(chosen, [str(path)])
    assert len(read_status(open_store(settings)).personal_data.versions) == 2
    moved = tmp_path / "moved.toml"
    moved.write_text("# elsewhere\n" + text, "utf-8")
    path = write(tmp_path / "2.jsonl", [as_line(interaction("i-2"))])
    run_ingest(with_scrub(settings, policy=moved), [str(path)])
    assert len(read_status(open_store(settings)).personal_data.versions) == 2
