"""Ingest as shipped, from 10,000 to 1,000,000 events: `python -m benchmarks.ingest [EVENTS ...]`.

Each run is a process of its own, so that its peak memory is its own. "without scrub" leaves out
taking personal data out and looking for what is left of it, which runs the same patterns again;
reading, parsing, pseudonyms, Great Expectations, deduplication and the store are in. The plain
script reads with `json`, checks with the same Pydantic models and inserts with `executemany`.
"""

import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from benchmarks.store import plain_script
from flywheel.settings import go_offline, load_settings

Without = Literal["scrub", "nothing"]
SIZES = (10_000, 100_000)
BATCH = 5_000
SCRUBBED = 5_000
"""Events of the run with scrubbing: it takes a hundred times as long as all the rest."""


@dataclass(frozen=True)
class Run:
    """One ingest and what it took."""

    events: int
    seconds: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def write_events(path: Path, events: int, start: int = 0) -> None:
    """Half interactions of 1.5 to 3 kB on some of 200 report texts, half feedback on them."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(7)
    rng = random.Random(7 + start)
    pages = [fake.text(rng.randrange(900, 2400)) for _ in range(200)]
    with path.open("w", encoding="utf-8") as file:
        for n in range(start, start + events // 2):
            for event in _pair(n, rng.choice(pages), rng):
                file.write(json.dumps(event) + "\n")


def _pair(n: int, page: str, rng: random.Random) -> Iterator[dict[str, Any]]:
    who = {"time": f"2025-01-{n % 28 + 1:02}T09:{n % 60:02}:00Z", "user": f"u-{n % 5000}"}
    question = f"What was the revenue of segment {n % 977} in {2000 + n % 24}?"
    yield who | {
        "type": "interaction",
        "id": f"{rng.getrandbits(64):016x}",
        "app": "reports",
        "feature": "report_qa",
        "tenant": f"t-{n % 20}",
        "session": f"s-{n // 4}",
        "model": "m-1",
        "provider": "p",
        "prompt": {"name": "qa", "version": "3"},
        "messages": [{"role": "user", "content": question}],
        "context": [{"id": f"page-{n % 2000}", "text": f"{page} Page {n % 2000}."}],
        "output": f"It was ${n % 9973}.{n % 10} million.",
        "usage": {"input_tokens": 600, "output_tokens": 12},
        "latency_ms": 812.5,
        "cost_usd": 0.0012,
    }
    yield who | {
        "type": "feedback",
        "id": f"{rng.getrandbits(64):016x}",
        "interaction_id": f"i-{n}",
        "signal": "thumbs",
        "value": 1,
    }


def ingest(source: Path, home: Path, without: Without) -> Run:
    """In a process of its own, imports not counted."""
    return _in_process(_ingest, source, home, without)


def plain(source: Path, folder: Path) -> Run:
    """The plain script in a process of its own."""
    return _in_process(_plain, source, folder)


def _in_process(call: Callable[..., Run], *arguments: object) -> Run:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(call, arguments)


def _ingest(source: Path, home: Path, without: Without) -> Run:
    go_offline()
    from flywheel.scrub import get_scrubber
    from flywheel.steps import batch, ingest
    from flywheel.validate import columns, suites

    settings = load_settings(home)
    session = ingest.IngestSession(settings)
    if without == "scrub":
        batch._scrub = lambda events, *_: events  # type: ignore[assignment]
        columns.find_residual = lambda text, allow=(): frozenset()  # type: ignore[assignment]
    else:
        get_scrubber(settings).scrub_text("warm up, Nora Keller", "comment")
    suites.load_gx()
    settings.key  # noqa: B018 -- makes the salt
    start = time.perf_counter()
    report = session.ingest_source(source)
    seconds = time.perf_counter() - start
    if report.stored != report.read:
        raise SystemExit(f"stored {report.stored} of {report.read}")
    return Run(report.read, seconds, _peak_mb())


def _plain(source: Path, folder: Path) -> Run:
    start = time.perf_counter()
    stored = plain_script(source, folder)
    return Run(stored, time.perf_counter() - start, _peak_mb())


def _peak_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (2**20 if sys.platform == "darwin" else 2**10)


def batch_on_history(home: Path, folder: Path, first: int, times: int = 3) -> float:
    """Seconds for one more batch of 5,000, the median of some."""
    taken = []
    for n in range(times):
        source = folder / f"more-{first + n}.jsonl"
        write_events(source, BATCH, start=first + n * BATCH)
        taken.append(ingest(source, home, "scrub").seconds)
        source.unlink()
    return sorted(taken)[times // 2]


def main(sizes: list[int]) -> int:
    """Print what was measured; ratios are of runs side by side in one go."""
    table = Table("what", "events", "events/s", "peak MB", title="Ingest")
    console = Console()

    def add(what: str, run: Run) -> None:
        table.add_row(what, f"{run.events:,}", f"{run.rate:,.0f}", f"{run.peak_mb:,.0f}")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = folder / "small.jsonl"
        write_events(small, sizes[0])
        pairs = []
        for n in range(3):
            ours = ingest(small, folder / f"ours-{n}", "scrub")
            (folder / f"plain-{n}").mkdir()
            pairs.append((ours, plain(small, folder / f"plain-{n}")))
        ratios = sorted(ours.rate / theirs.rate for ours, theirs in pairs)
        add("without scrub", pairs[-1][0])
        add("plain script", pairs[-1][1])
        times = {sizes[0]: batch_on_history(folder / "ours-0", folder, 10**8)}
        for size in sizes[1:]:
            source = folder / "events.jsonl"
            write_events(source, size)
            add("without scrub", ingest(source, folder / f"home-{size}", "scrub"))
            source.unlink()
            times[size] = batch_on_history(folder / f"home-{size}", folder, 10**8)
        some = folder / "some.jsonl"
        write_events(some, SCRUBBED)
        add("all of it", ingest(some, folder / "scrubbed", "nothing"))
    console.print(table)
    print(f"plain script / ours: {ratios[1]:.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})")
    for size, seconds in times.items():
        times_slower = seconds / times[sizes[0]]
        print(f"{BATCH:,} more on {size:,}: {seconds:.2f} s, {times_slower:.2f} times the first")
    return 0


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or list(SIZES)))
