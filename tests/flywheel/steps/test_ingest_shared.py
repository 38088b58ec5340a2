"""Ingest on the real sample streams: the counts that they were built with, and no personal data."""

import gzip
import json
import random
from pathlib import Path
from typing import NamedTuple

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps.facts import facts_hash
from flywheel.steps.ingest import run_ingest
from flywheel.steps.quarantine import read_quarantine
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from tests.streams import bytes_below, write

STRUCTURED = {"email", "phone", "card", "iban", "ssn", "ip"}


class Home(NamedTuple):
    """A home into which finchat went."""

    settings: Settings
    events: Path


@pytest.fixture(scope="module")
def finchat(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    settings = load_settings(tmp_path_factory.mktemp("finchat"))
    events = shared_data / "finchat" / "events"
    run_ingest(settings, [str(events)])
    return Home(settings, events)


def status(settings: Settings) -> Status:
    return read_status(open_store(settings))


def lines_of(events: Path) -> list[bytes]:
    lines: list[bytes] = []
    for path in sorted(events.iterdir()):
        data = path.read_bytes()
        lines += (gzip.decompress(data) if path.suffix == ".gz" else data).split(b"\n")
    return [line for line in lines if line.strip()]


def test_finchat_has_the_counts_that_it_was_built_with(finchat: Home, shared_data: Path) -> None:
    """Interactions, feedback, orphans, malformed and resent lines."""
    truth = json.loads((shared_data / "finchat" / "truth.json").read_text())
    found = status(finchat.settings)
    for name in ("interactions", "feedback", "orphan_feedback", "resent"):
        assert getattr(found, name) == truth[name], name
    assert found.quarantined == truth["malformed_lines"] == 18
    assert (found.interactions, found.feedback) == (1668, 1632)


def test_each_fault_has_file_line_and_reason(finchat: Home) -> None:
    """The named line, at the named offset, is a line that breaks the named rule."""
    faults = read_quarantine(open_store(finchat.settings))
    assert len(faults) == 18 and len({fault.reason for fault in faults}) >= 8
    for fault in faults:
        data = Path(fault.source).read_bytes()
        data = gzip.decompress(data) if fault.source.endswith(".gz") else data
        assert data[: fault.offset].count(b"\n") == fault.line - 1
        assert fault.offset == 0 or data[fault.offset - 1 : fault.offset] == b"\n"


def test_finchat_again_changes_no_fact(finchat: Home) -> None:
    """Nothing is read."""
    store = open_store(finchat.settings)
    before = (facts_hash(store), read_status(store))
    assert run_ingest(finchat.settings, [str(finchat.events)]).read == 0
    assert (facts_hash(store), read_status(store)) == before


def test_finchat_in_another_order_and_other_files_is_the_same(
    finchat: Home, settings: Settings, tmp_path: Path
) -> None:
    """Compared by the hash over all facts."""
    settings.home.mkdir()
    (settings.home / "salt").write_bytes((finchat.settings.home / "salt").read_bytes())
    lines = lines_of(finchat.events)
    random.Random(5).shuffle(lines)
    for n in range(4):
        write(tmp_path / "split" / f"{n}.jsonl{'.gz' * (n % 2)}", lines[n::4])
    run_ingest(settings, [str(tmp_path / "split")])
    assert facts_hash(open_store(settings)) == facts_hash(open_store(finchat.settings))
    again, first = (status(home).model_dump() for home in (settings, finchat.settings))
    for counts in (again, first):  # the blank line was not written again
        counts["funnel"]["read"] -= counts["funnel"].pop("blank")
    assert again == first


def test_no_planted_personal_data_is_in_any_byte_of_the_home(
    finchat: Home, shared_data: Path
) -> None:
    """In the files, the database and its log, nor in what the tables hold uncompressed."""
    store = open_store(finchat.settings)
    with store.transaction() as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        held = "\n".join(str(connection.table(name).fetchall()) for (name,) in names)
    stored = bytes_below(finchat.settings.home)
    planted = {
        text
        for line in (shared_data / "finchat" / "pii.jsonl").read_text().splitlines()
        for kind, text in json.loads(line)["spans"]
        if kind in STRUCTURED
    }
    assert len(planted) > 100
    found = [text for text in planted if text in held or text.encode() in stored]
    assert not found, f"{len(found)} of {len(planted)} planted texts are in the store"


def test_oasst_has_the_counts_that_it_was_built_with(shared_data: Path, settings: Settings) -> None:
    """Multi-turn conversations with crowd feedback."""
    report = run_ingest(settings, [str(shared_data / "oasst" / "events")])
    assert (report.interactions, report.feedback) == (687, 2253)
    assert report.malformed == report.failed_expectations == report.resent == 0
