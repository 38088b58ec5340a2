"""The review pages and the API under four reviewers' load, with an ingest running beside it.

`make bench-review`: a real server with 100,000 candidates on loopback, HTTP with keep-alive. Two of
the reviewers use the pages, two the API; each opens the queue, asks for the next case, opens it,
decides it, with a pause between; every fifth decision is an edit, whose text is scrubbed first. A
decision is answered when it is on the disk. Exits 1 on a fault, not on time.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.ingest import write_events
from benchmarks.review_home import REVIEWERS, Home, make_home, size_mb
from benchmarks.review_load import TYPED, Acknowledged, Reviewer, Timings, merged, reviewing
from flywheel.desk import Desk, settle
from flywheel.settings import Settings, go_offline, load_settings
from flywheel.store import open_store

TARGETS = {"queue": 100, "case": 100, "next": 100, "decide": 150}
"""Milliseconds at the 95th percentile."""
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Server:
    """A running `flywheel review`."""

    process: "subprocess.Popen[str]"
    base: str

    @property
    def memory_mb(self) -> float:
        """What it holds now."""
        rss: int = psutil.Process(self.process.pid).memory_info().rss
        return rss / 2**20


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """The server as a process of its own, until the block ends or it is killed."""
    command = ["review", "--no-open", "--json", "--port", "0", "--home", str(home)]
    process = start(command, **environment)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {_errors(process)}")
        yield Server(process, json.loads(line)["login"].partition("/login")[0])
    finally:
        process.kill()
        process.communicate()


def start(command: Sequence[str], **environment: str) -> "subprocess.Popen[str]":
    """A flywheel command as a process of its own, without a Prefect to tell."""
    known = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    known |= {"FLYWHEEL_REVIEW__API_RATE": "1000000/minute"}  # nobody here ever pauses
    return subprocess.Popen(
        [sys.executable, "-m", "flywheel", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=known | {"PYTHONWARNINGS": "ignore"} | environment,
    )


def _errors(process: "subprocess.Popen[str]") -> str:
    return (process.communicate()[1] or "")[-500:]


@contextmanager
def ingesting(settings: Settings, folder: Path) -> Iterator[None]:
    """One ingest after the other, in a process of its own, as long as the block lasts."""
    over = threading.Event()

    def feed() -> None:
        for number in range(10**6):
            if over.is_set():
                return
            source = folder / f"events-{number}.jsonl"
            write_events(source, 4_000, start=10**7 + number * 4_000)
            command = ["ingest", str(source), "--home", str(settings.home), "--json"]
            process = start(command, FLYWHEEL_SCRUB__PROCESSES="1")
            while process.poll() is None and not over.wait(0.1):
                pass
            process.terminate()
            process.communicate()

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def make_reviewers(home: Home, base: str, think_s: float) -> list[Reviewer]:
    """Four; every other one uses the API."""
    return [
        Reviewer(base, name, home.tokens[name], think_s, pages=number % 2 == 0)
        for number, name in enumerate(REVIEWERS)
    ]


def lost(settings: Settings, acknowledged: Sequence[Acknowledged]) -> list[str]:
    """Faults: decisions that were acknowledged and are no facts, or are facts twice."""
    settle(settings)
    with open_store(settings).transaction() as connection:
        rows = connection.execute("SELECT decision_id, candidate_id FROM decisions").fetchall()
    stored, decided = Counter(row[0] for row in rows), {row[1] for row in rows}
    missing = [
        one.candidate_id
        for one in acknowledged
        if one.candidate_id not in decided
        or (one.decision_id is not None and one.decision_id not in stored)
    ]
    twice = [id for id, times in stored.items() if times > 1]
    faults = [f"{len(missing)} acknowledged decisions are lost: {missing[:3]}"] if missing else []
    return faults + ([f"{len(twice)} decisions are facts twice: {twice[:3]}"] if twice else [])


def readable(home: Path, text: str) -> list[str]:
    """Faults: files of a home in which what was typed can be read."""
    found = [path for path in home.rglob("*") if path.is_file() and _holds(path, text.encode())]
    return [f"what was typed stands in {path.relative_to(home)}" for path in sorted(found)]


def _holds(path: Path, text: bytes) -> bool:
    with suppress(FileNotFoundError):  # a write-ahead log that was written back
        return text in path.read_bytes()
    return False


def main() -> int:
    """Print how long reviewers waited; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=0.3, help="mean pause, seconds")
    parser.add_argument("--quiet", action="store_true", help="no ingest beside it")
    given = parser.parse_args()
    go_offline()
    console = Console(width=80)
    with tempfile.TemporaryDirectory() as name:
        settings = load_settings(Path(name) / "home")
        began = time.perf_counter()
        home = make_home(settings, given.candidates)
        made_s, began = time.perf_counter() - began, time.perf_counter()
        Desk(settings).refresh()
        console.print(
            f"{given.candidates:,} candidates made in {made_s:.0f} s; first reading of the queue "
            f"{time.perf_counter() - began:.0f} s; home {size_mb(settings.home):,.0f} MB"
        )
        return _measure(console, home, Path(name), given.seconds, given.think, given.quiet)


def _measure(
    console: Console, home: Home, folder: Path, seconds: float, think_s: float, quiet: bool
) -> int:
    with serving(home.settings.home) as server:
        reviewers = make_reviewers(home, server.base, think_s)
        _warm(home, server)
        before = server.memory_mb
        if quiet:
            _review(reviewers, seconds)
        else:
            with ingesting(home.settings, folder):
                time.sleep(15)  # until it has loaded its models and reads
                _review(reviewers, seconds)
        memory = server.memory_mb
    _show(console, reviewers, seconds)
    decided = sum(len(one.acknowledged) for one in reviewers)
    console.print(f"server: {before:,.0f} MB before, {memory:,.0f} MB after; {decided:,} decisions")
    faults = [fault for one in reviewers for fault in one.faults]
    faults += lost(home.settings, [ack for one in reviewers for ack in one.acknowledged])
    faults += readable(home.settings.home, TYPED)
    console.print("\n".join(faults[:10]) or "no fault: every acknowledged decision is stored once")
    return 1 if faults else 0


def _warm(home: Home, server: Server) -> None:
    """One review by each way; the scrubber's model is loaded by then, as it is for people."""
    warm = make_reviewers(home, server.base, 0)
    for one in warm[:2]:
        with reviewing([one]):
            while not one.acknowledged and not one.faults:
                time.sleep(0.1)


def _review(reviewers: list[Reviewer], seconds: float) -> None:
    with reviewing(reviewers) as until:
        until.wait(seconds)


def _show(console: Console, reviewers: list[Reviewer], seconds: float) -> None:
    table = Table(title="Milliseconds that four reviewers waited", title_justify="left")
    table.add_column("what")
    for name in ("asked", "a second", "p50", "p95", "p99", "target p95", ""):
        table.add_column(name, justify="right")
    for way, pages in (("page", True), ("API", False)):
        timings = merged([one for one in reviewers if one.pages is pages])
        for what in ("queue", "next", "case", "decide"):
            if what != "next" or not pages:
                table.add_row(f"{what}, {way}", *_cells(timings, what, seconds))
    console.print(table)


def _cells(timings: Timings, what: str, seconds: float) -> list[str]:
    times = np.array(timings[what] or [np.nan]) * 1000
    quantiles = [float(q) for q in np.quantile(times, [0.5, 0.95, 0.99])]
    met = "met" if quantiles[1] < TARGETS[what] else "MISSED"
    shown = [f"{q:.0f}" for q in quantiles]
    return [str(len(times)), f"{len(times) / seconds:.1f}", *shown, str(TARGETS[what]), met]


if __name__ == "__main__":
    sys.exit(main())
