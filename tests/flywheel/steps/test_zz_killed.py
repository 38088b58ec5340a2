"""Killed at any moment and run again, ingest has every fact once; so have two at a time."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flywheel.settings import Settings, load_settings
from flywheel.steps.facts import facts_hash
from flywheel.steps.ingest import run_ingest
from flywheel.steps.status import Status, read_status
from flywheel.store import open_store
from tests.killing import Forker, forker, order
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


def start(settings: Settings, events: Path, batch_lines: int = 5) -> subprocess.Popen[bytes]:
    """An ingest in a process of its own, with batches small enough to be killed between."""
    return subprocess.Popen(
        [Path(sys.executable).parent / "flywheel", "ingest", events, "--home", settings.home],
        env=os.environ | {"FLYWHEEL_INGEST__BATCH_LINES": str(batch_lines)},
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


def wait_for_batch(settings: Settings, before: int, process: subprocess.Popen[bytes]) -> None:
    """Until it has written one more. Asking opens the database, which the process wants, too: it is
    asked only when a write has changed its files."""
    looked = looks(settings)
    while process.poll() is None:
        if (now := looks(settings)) != looked:
            looked = now
            if batches(settings) != before:
                return
        time.sleep(0.01)


def looks(settings: Settings) -> list[tuple[int, int, int]]:
    """Which files the database consists of, their sizes, and when they were written."""
    files = settings.home.glob("flywheel.duckdb*")
    found = []
    for path in sorted(files):
        with suppress(FileNotFoundError):  # a log that was just written into the database
            stat = path.stat()
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return found


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
        wait_for_batch(settings, before, process)
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
    both = [start(settings, events, batch_lines=12) for _ in range(2)]  # a dozen batches each
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


FINCHAT = ("2025-01-06T12.jsonl.gz", "2025-01-06T16.jsonl.gz")
"""Two hours of the sample stream: a hundred kills cost half a minute, not five."""


COMMIT_S = 0.02
"""About as long as DuckDB's write-ahead log stands there."""


class Arena:
    """A stream, a forker, and what an undisturbed run makes of it."""

    def __init__(self, folder: Path, events: Path, forker: Forker, salt: Path) -> None:
        self.folder, self.events, self.forker, self._salt = folder, events, forker, salt
        calm = self.home("calm", new=True)
        self.duration_s = self.run(calm)
        self.whole = self.state(calm)
        self.empty = load_settings(self.home("empty", new=True)).database_path
        with open_store(load_settings(self.empty.parent)).transaction():
            pass

    def home(self, name: str, *, new: bool = False) -> Path:
        """A home with a database without facts; when `new`, its first run makes that, too."""
        home = self.folder / name
        home.mkdir()
        (home / "salt").write_bytes(self._salt.read_bytes())
        if not new:
            shutil.copyfile(self.empty, home / self.empty.name)
        return home

    def run(self, home: Path) -> float:
        """To the end, undisturbed; gives the seconds it took."""
        start = time.monotonic()
        assert self.forker.run(self.order(home)) == [0]
        return time.monotonic() - start

    def kill(self, home: Path, rng: random.Random) -> bool:
        """Run and kill it: at any moment, or while it commits. Whether it was still running."""
        log = load_settings(home).database_path.with_suffix(".duckdb.wal")
        moment: dict[str, Any] = {"kill_after_s": rng.uniform(0, self.duration_s)}
        if rng.random() < 0.5:
            moment = {"kill_after_s": rng.uniform(0, COMMIT_S), "once_there": log}
        start = time.monotonic()
        (ended,) = self.forker.run(self.order(home), **moment)
        if ended == 0:  # the machine is faster than it was
            self.duration_s = min(self.duration_s, max(time.monotonic() - start, 0.05))
        assert ended in (0, -signal.SIGKILL)
        return ended != 0

    def order(self, home: Path, **more: int) -> dict[str, object]:
        return order(home, self.events, batch_lines=150, **more)

    def state(self, home: Path) -> tuple[str, Status]:
        """The facts, and every count with the funnel."""
        store = open_store(load_settings(home))
        status = read_status(store)
        counts = status.funnel.model_dump()
        assert counts["read"] == sum(counts.values()) - counts["read"] > 0
        return facts_hash(store), status


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Over a part of finchat where it is, else over a stream of its own."""
    folder = tmp_path_factory.mktemp("arena")
    events = folder / "events"
    shared = Path(os.environ.get("FLYWHEEL_SHARED_DATA", "../shared/data")) / "finchat" / "events"
    if shared.is_dir():
        events.mkdir()
        for name in FINCHAT:
            shutil.copyfile(shared / name, events / name)
    else:
        lines = stream(150, seed=5)
        write(events / "a.jsonl", lines[:250])
        write(events / "b.jsonl.gz", lines[250:])
    warm = folder / "warm"
    with forker(events, warm) as running:
        yield Arena(folder, events, running, warm / "salt")


def test_a_hundred_kills_at_random_moments_change_no_fact(arena: Arena) -> None:
    """Over a run's whole time, half of them while it commits, and again while it recovers.

    Children of a warm process run the ingest: what scrubbing and the canaries found is remembered,
    and the batch checks, which write nothing, pass; the tests above kill the whole program.
    """
    rng = random.Random(7)
    killed = homes = 0
    while killed < 900:
        home = arena.home(f"killed-{homes}", new=True)
        homes += 1
        for _ in range(3):
            if not arena.kill(home, rng):
                break
            killed += 1
        arena.run(home)
        assert arena.state(home) == arena.whole


def test_two_side_by_side_and_one_of_them_killed(arena: Arena) -> None:
    """The other goes on over what the dead one left, and together they have every fact once."""
    rng = random.Random(2)
    for n in range(5):
        home = arena.home(f"beside-{n}")
        after = rng.uniform(0, arena.duration_s)
        both = (arena.order(home), arena.order(home))
        ended = arena.forker.run(*both, kill_after_s=after, seed=n)
        assert set(ended) <= {0, -signal.SIGKILL}
        arena.run(home)
        assert arena.state(home) == arena.whole


def test_a_disk_that_fills_loses_nothing(arena: Arena) -> None:
    """Whatever write is the first that does not fit; when there is room again, the rest goes in."""
    before = arena.empty.stat().st_size
    after = (arena.folder / "calm" / arena.empty.name).stat().st_size
    rng = random.Random(3)
    for n in range(5):
        home = arena.home(f"full-{n}")
        # Less than the write-ahead log needs; then enough for it, and not for the database.
        assert arena.forker.run(arena.order(home, file_bytes=rng.randrange(before // 8))) == [3]
        (ended,) = arena.forker.run(arena.order(home, file_bytes=rng.randrange(before, after)))
        assert ended in (0, 3)
        arena.run(home)
        assert arena.state(home) == arena.whole
