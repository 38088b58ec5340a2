"""Ingest as shipped, from 10,000 to 1,000,000 events: `python -m benchmarks.ingest [EVENTS ...]`.

Each run is a process of its own, so that its peak memory is its own, and has loaded what is loaded
with a first batch. "without scrub" leaves out taking personal data out, trying that on canaries,
and looking for what is left, which runs the same patterns again; reading, parsing, pseudonyms,
Great Expectations, deduplication and the store are in. The plain script reads with `json`, checks
with the same Pydantic models and inserts with `executemany`. CPU time is that of all threads and
children: it says more than the clock where other programs want the same cores. Peak memory is that
of the process, without the workers that scrubbing starts.

Then near-duplicates against datasketch, and what comparing a batch of new cases with a history
costs: see `near_duplicates`.
"""

import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from benchmarks.near_duplicates import compare, growth
from benchmarks.store import plain_script
from flywheel.settings import go_offline, load_settings

Without = Literal["scrub", "nothing"]
SIZES = (10_000, 100_000)
BATCH = 5_000
SCRUBBED = 10_000
"""Events of the run with scrubbing: it takes a hundred times as long as all the rest."""

_LONG = 50 * 2**20
"""Bytes of a source of which is said how far it is."""

LEAST_RATIO, LEAST_DEDUPE, MOST_MB, MOST_GROWTH = 10.0, 8.0, 1500.0, 1.5
"""What is aimed at: over the plain script, over datasketch, and against a larger history."""

TIMES = 3
WARM = 100
"""Events of the run before, which loads what is loaded with a first batch."""


@dataclass(frozen=True)
class Run:
    """One ingest and what it took."""

    events: int
    seconds: float
    cpu_s: float
    peak_mb: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU time an event."""
        return 1e6 * self.cpu_s / self.events


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
        run: Run = pool.apply(call, arguments)
        pool.close()
        pool.join()  # one that is ended from outside leaves locks behind
        return run


def _ingest(source: Path, home: Path, without: Without) -> Run:
    go_offline()
    from flywheel.scrub import get_scrubber
    from flywheel.steps import batch, ingest
    from flywheel.validate import columns

    settings = load_settings(home)
    if without == "scrub":
        batch._scrub = lambda events, *_: events
        columns._rows_with_residuals = lambda *_: iter(())
        vars(ingest)["plant_canaries"] = lambda *_: ()
    else:
        get_scrubber(settings).warm_up(workers=True)
    with _small(home.parent) as (small, folder):
        ingest.IngestSession(load_settings(folder / "home")).ingest_source(small)
    settings.key  # noqa: B018 -- makes the salt
    told = _progress_on(source)
    run = _measure(lambda: ingest.IngestSession(settings).ingest_source(source, told).stored)
    lines = sum(1 for _ in source.open("rb"))
    if run.events != lines:
        raise SystemExit(f"stored {run.events} of {lines}")
    return run


def _progress_on(source: Path) -> Callable[[int, int | None], None]:
    """Says after each tenth of a large source how far it is."""
    tenth = source.stat().st_size // 10
    passed = [0]

    def tell(done: int, total: int | None) -> None:
        if tenth > _LONG // 10 and done // tenth > passed[0]:
            passed[0] = done // tenth
            _say(f"  {min(100, 10 * passed[0])}% of {(total or 0) // 2**20:,} MB")

    return tell


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _plain(source: Path, folder: Path) -> Run:
    with _small(folder) as (small, aside):
        plain_script(small, aside)
    return _measure(lambda: plain_script(source, folder))


@contextmanager
def _small(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A source to warm up with, and a folder to do it in."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        write_events(Path(name) / "small.jsonl", WARM)
        yield Path(name) / "small.jsonl", Path(name)


def _measure(work: Callable[[], int]) -> Run:
    start, cpu = time.perf_counter(), _cpu_s()
    events = work()
    return Run(events, time.perf_counter() - start, _cpu_s() - cpu, _peak_mb())


def _cpu_s() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (2**20 if sys.platform == "darwin" else 2**10)


def batch_on_history(homes: Sequence[Path], folder: Path) -> list[list[Run]]:
    """One more batch of 5,000 on each home in turn, some times: a slow moment slows all of them."""
    runs: list[list[Run]] = [[] for _ in homes]
    for n in range(TIMES):
        for home, taken in zip(homes, runs, strict=True):
            source = folder / f"more-{n}.jsonl"
            write_events(source, BATCH, start=10**8 + n * BATCH)
            taken.append(ingest(source, home, "scrub"))
            source.unlink()
    return runs


def pairs_of(small: Path, folder: Path) -> list[tuple[Run, Run]]:
    """Ours and the plain script in turn; the first of our homes stays."""
    pairs = []
    for n in range(TIMES):
        (folder / f"plain-{n}").mkdir()
        ours = ingest(small, folder / f"ours-{n}", "scrub")
        pairs.append((ours, plain(small, folder / f"plain-{n}")))
    return pairs


def _spread(ratios: Iterable[float]) -> tuple[float, str]:
    """Their median, and how it is told."""
    low, middle, high = sorted(ratios)
    return middle, f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _verdict(met: bool, target: str) -> str:
    return f"{target}: {'met' if met else 'MISSED'}"


class _Report:
    """The table of runs, and a line for each comparison."""

    def __init__(self) -> None:
        columns = ("what", "events", "events/s", "CPU µs/event", "peak MB")
        self._table = Table(*columns, title="Ingest")
        self._lines: list[str] = []

    def add(self, what: str, run: Run) -> None:
        figures = (f"{n:,.0f}" for n in (run.events, run.rate, run.cpu_us, run.peak_mb))
        self._table.add_row(what, *figures)
        _say(f"{what}, {run.events:,} events: {run.rate:,.0f} a second, {run.peak_mb:,.0f} MB")

    def say(self, line: str) -> None:
        self._lines.append(line)
        _say(line)

    def show(self) -> None:
        Console().print(self._table)
        print("\n".join(self._lines))


def measure_ingest(sizes: Sequence[int], report: _Report) -> None:
    """Rates, memory, the plain script, and growth with history."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "events.jsonl"
        write_events(source, sizes[0])
        pairs = pairs_of(source, folder)
        report.add("without scrub", pairs[-1][0])
        report.add("plain script", pairs[-1][1])
        middle, told = _spread(b.seconds / a.seconds for a, b in pairs)
        at_least = _verdict(middle >= LEAST_RATIO, f"at least {LEAST_RATIO:g}")
        report.say(f"plain script / ours, by the clock: {told}; {at_least}")
        _, told = _spread(b.cpu_s / a.cpu_s for a, b in pairs)
        report.say(f"plain script / ours, CPU time: {told}")
        homes, peak = [folder / "ours-0"], pairs[-1][0].peak_mb
        for size in sizes[1:]:
            _say(f"{size:,} events are written, then ingested ...")
            write_events(source, size)
            homes.append(folder / f"home-{size}")
            run = ingest(source, homes[-1], "scrub")
            report.add("without scrub", run)
            peak = max(peak, run.peak_mb)
        at_most = _verdict(peak < MOST_MB, f"under {MOST_MB:,.0f}")
        report.say(f"peak memory, {sizes[-1]:,} events without scrub: {peak:,.0f} MB; {at_most}")
        _say(f"{BATCH:,} more on each of these, {TIMES} times ...")
        _tell_growth(sizes, batch_on_history(homes, folder), report)
        _say("with scrub ...")
        write_events(source, SCRUBBED)
        report.add("all of it", ingest(source, folder / "scrubbed", "nothing"))


def _tell_growth(sizes: Sequence[int], history: list[list[Run]], report: _Report) -> None:
    first = history[0]
    for size, runs in list(zip(sizes, history, strict=True))[1:]:
        middle, clock = _spread(a.seconds / b.seconds for a, b in zip(runs, first, strict=True))
        _, cpu = _spread(a.cpu_s / b.cpu_s for a, b in zip(runs, first, strict=True))
        at_most = _verdict(middle <= MOST_GROWTH, f"at most {MOST_GROWTH:g}")
        what = f"{BATCH:,} more on {size:,}, over the same on {sizes[0]:,}"
        report.say(f"{what}: {clock}, CPU {cpu}; {at_most}")


def measure_cases(sizes: Sequence[int], report: _Report) -> None:
    """Near-duplicates against datasketch, and the step that compares cases by history."""
    _say("near-duplicates, ours and datasketch in turn ...")
    row, ours, theirs = compare()
    low, middle, high = row.ratios
    at_least = _verdict(middle >= LEAST_DEDUPE, f"at least {LEAST_DEDUPE:g}")
    report.say(
        f"datasketch MinHashLSH / ours, by the clock: {middle:.2f} ({low:.2f} to {high:.2f}), "
        f"recall {theirs:.3f} and {ours:.3f}; {at_least}"
    )
    if len(sizes) > 1:
        _say(f"comparing {BATCH:,} new cases with {sizes[0]:,} and with {sizes[-1]:,} ...")
        grown = growth((sizes[0], sizes[-1]))[-1]
        at_most = _verdict(grown.ratio.wall <= MOST_GROWTH, f"at most {MOST_GROWTH:g}")
        report.say(
            f"comparing {BATCH:,} new cases with {grown.size:,}, over {sizes[0]:,}: "
            f"{grown.ratio.wall:.2f}, CPU {grown.ratio.cpu:.2f}; {at_most}"
        )


def main(sizes: list[int]) -> int:
    """Print what was measured; ratios are of runs side by side in one go."""
    go_offline()
    report = _Report()
    load = os.getloadavg()[0]
    measure_ingest(sizes, report)
    measure_cases(sizes, report)
    report.show()
    print(
        f"{os.cpu_count()} cores; load of the machine: {load:.1f} before, "
        f"{os.getloadavg()[0]:.1f} after"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sorted({int(size) for size in sys.argv[1:]}) or list(SIZES)))
