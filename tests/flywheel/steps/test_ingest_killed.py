"""Killed at any moment and run again, ingest has every fact once; so have two at a time."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps.facts import facts_hash
from flywheel.steps.ingest import run_ingest
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from tests.streams import stream, write

LINES = stream(60, seed=11)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stream in three files of different kinds of delivery."""
    folder = tmp_path_factory.mktemp("events")
    write(folder / "a.jsonl", LINES[:70])
    write(folder / "b.jsonl.gz", LINES[70:120])
    write(folder / "c.jsonl", LINES[120:])
    return folder


@pytest.fixture(scope="module")
def whole(events: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Status]:
    """A home that was never disturbed: its salt, its facts and its counts."""
    settings = load_settings(tmp_path_factory.mktemp("whole"))
    run_ingest(settings, [str(events)])
    store = open_store(settings)
    return settings.home / "salt", facts_hash(store), read_status(store)


def start(settings: Settings, events: Path) -> subprocess.Popen[bytes]:
    """An ingest in a process of its own, with batches small enough to be killed between."""
    return subprocess.Popen(
        [Path(sys.executable).parent / "flywheel", "ingest", events, "--home", settings.home],
        env=os.environ | {"FLYWHEEL_INGEST__BATCH_LINES": "5"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def same_salt(settings: Settings, salt: Path) -> None:
    settings.home.mkdir(parents=True)
    (settings.home / "salt").write_bytes(salt.read_bytes())


def batches(settings: Settings) -> int:
    if not settings.database_path.exists():
        return 0
    with open_store(settings).transaction() as connection:
        row = connection.execute("SELECT count(*) FROM batches").fetchone()
    return int(row[0]) if row else 0


def test_killed_at_random_moments_nothing_is_lost_and_nothing_twice(
    settings: Settings, events: Path, whole: tuple[Path, str, Status]
) -> None:
    """SIGKILL while batches are read, checked and written; then a run to the end."""
    salt, facts, counts = whole
    same_salt(settings, salt)
    rng = random.Random()
    killed_within = 0
    for _ in range(3):
        before = batches(settings)
        process = start(settings, events)
        while batches(settings) == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        killed_within += process.wait() == -signal.SIGKILL
    run_ingest(settings, [str(events)])
    store = open_store(settings)
    assert killed_within
    assert facts_hash(store) == facts
    assert read_status(store) == counts


def test_two_at_once_on_one_home_give_the_same_facts(
    settings: Settings, events: Path, whole: tuple[Path, str, Status]
) -> None:
    """Of the same sources: neither facts nor faults nor counts double, cursors only go on."""
    salt, facts, counts = whole
    same_salt(settings, salt)
    both = [start(settings, events) for _ in range(2)]
    assert [process.wait(timeout=240) for process in both] == [0, 0]
    store = open_store(settings)
    assert facts_hash(store) == facts
    assert read_status(store) == counts
    with store.transaction() as connection:
        rows = connection.execute("SELECT path, next_offset FROM cursors ORDER BY seq").fetchall()
        read = connection.execute("SELECT sum(lines_read) FROM batches").fetchone()
    for path in {path for path, _ in rows}:
        offsets = [offset for name, offset in rows if name == path]
        assert offsets == sorted(offsets)
    assert read == (len(LINES),)
