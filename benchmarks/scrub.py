"""The scrub stage against plain Presidio, one `analyze` and `anonymize` a text.

`python -m benchmarks.scrub` runs each side in a process of its own, in turn, over texts as they
come and over all-different ones, and holds every result against the plain path of this project's
own recognisers: text by text, one process, nothing skipped, nothing remembered.
"""

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from faker import Faker
from rich.console import Console
from rich.table import Table

from benchmarks.timing import Comparison, compare_pairs
from flywheel.frame import texts_of
from flywheel.parse import parse_line
from flywheel.scrub import Field, Scrubber
from flywheel.settings import ScrubSettings, go_offline
from flywheel.sources.lines import Position, RawLine
from schemas.event import Feedback, Interaction

TEXTS: Final = 600
LIMIT: Final = "BENCH_SCRUB_EVENTS"
KEY: Final = b"benchmark-key-0123"
BATCH: Final = 2000
"""Events at once, as in an ingest."""

DIFFERENT: Final = 2000
TARGETS: Final = {"as they come": "≥ 20", "all different": "≥ 6", "no name announced": ""}
Groups = list[list[tuple[Field, str]]]


def _texts(count: int) -> list[str]:
    """Questions and comments with personal data in them, each another."""
    fake = Faker("en_US")
    fake.seed_instance(7)
    return [
        f"What was revenue in {fake.year()}? This is {fake.name()}, mail me at {fake.email()} "
        f"or call {fake.phone_number()}. The table says {fake.random_int(10, 99_999):,} million."
        for _ in range(count)
    ]


def _prose(count: int) -> list[str]:
    """Texts whose names nothing announces: the model has to read each."""
    fake = Faker("en_US")
    fake.seed_instance(9)
    return [
        f"In {fake.year()} {fake.name()} put it at {fake.random_int(10, 99_999):,} million, and "
        f"for {fake.name()} it was {fake.random_int(10, 99_999):,}. Or see {fake.email()}, too."
        for _ in range(count)
    ]


def _stream() -> tuple[str, Groups]:
    """The texts of finchat's events in their order; without the data, of a stream like it."""
    root = Path(os.environ.get("FLYWHEEL_SHARED_DATA", "../shared/data"))
    folder = root / "finchat" / "events"
    if folder.is_dir():
        return "finchat", [list(texts_of(event)) for event in _events(folder)]
    return "generated, finchat's shape", _generated()


def _events(folder: Path) -> Iterator[Interaction | Feedback]:
    for path in sorted(folder.iterdir()):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for number, data in enumerate(raw.splitlines(), 1):
            event = parse_line(RawLine(number, 0, Position(), data), path.name)
            if isinstance(event, Interaction | Feedback):
                yield event


def _generated() -> Groups:
    """1,668 questions on 278 documents, six each, with labels that repeat as finchat's do."""
    fake = Faker("en_US")
    fake.seed_instance(8)
    pages = [
        "\n".join(
            f"| {fake.bs()} | {fake.random_int():,} | {fake.random_int():,} |" for _ in "x" * 40
        )
        for _ in range(278)
    ]
    labels: list[tuple[Field, str]] = [
        ("label", text)
        for text in ("qa", "reports", "acme", "blue", "m-1", "maker", "fp", "2", "q")
    ]
    return [
        [("messages", text), ("output", fake.sentence()), ("context", pages[n % 278]), *labels]
        for n, text in enumerate(_texts(1668))
    ]


def _different() -> tuple[str, Groups]:
    return f"{DIFFERENT:,} made texts", [[("comment", text)] for text in _texts(DIFFERENT)]


def _unannounced() -> tuple[str, Groups]:
    return f"{DIFFERENT:,} made texts", [[("comment", text)] for text in _prose(DIFFERENT)]


CASES: Final[dict[str, Callable[[], tuple[str, Groups]]]] = {
    "as they come": _stream,
    "all different": _different,
    "no name announced": _unannounced,
}


def _load(case: str) -> tuple[str, Groups]:
    """Where the texts come from, and those of the first events if the run is limited."""
    source, groups = CASES[case]()
    limit = int(os.environ.get(LIMIT, 0)) or len(groups)
    return (
        (source, groups) if limit >= len(groups) else (f"{source}, first {limit}", groups[:limit])
    )


def _peer() -> Callable[[str], Any]:
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_anonymizer import AnonymizerEngine

    # Presidio's e-mail check would fetch a list from the network at its first use.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    configuration = {
        "nlp_engine_name": "spacy",
        "models": [{"lang_code": "en", "model_name": ScrubSettings().spacy_model}],
    }
    engine = NlpEngineProvider(nlp_configuration=configuration).create_engine()
    analyzer, anonymizer = AnalyzerEngine(nlp_engine=engine), AnonymizerEngine()
    return lambda text: anonymizer.anonymize(text, analyzer.analyze(text, language="en"))


def _fresh(processes: int = 0) -> Scrubber:
    """A scrubber that remembers nothing yet, with its model loaded."""
    from flywheel.scrub.engine import load_engine

    load_engine.cache_clear()
    scrubber = Scrubber(ScrubSettings(processes=processes), KEY)
    scrubber.warm_up()
    return scrubber


def compare() -> Iterator[Comparison]:
    """In this process: all-different texts, and texts that stand ten times each."""
    peer_scrubs = _peer()
    for repeats, what in ((1, "different texts"), (10, "each text ten times")):
        texts = _texts(TEXTS // repeats) * repeats
        scrubbers = [_fresh() for _ in range(3)]

        def ours(texts: list[str] = texts, left: list[Scrubber] = scrubbers) -> None:
            left.pop().scrub_groups([[("comment", text)] for text in texts])

        def peer(texts: list[str] = texts) -> None:
            for text in texts:
                peer_scrubs(text)

        yield compare_pairs(
            f"scrub, {len(texts)} texts, {what}", "Presidio text by text", ours, peer
        )


def _in_batches(scrubber: Scrubber, groups: Groups) -> list[Any]:
    return [
        result
        for start in range(0, len(groups), BATCH)
        for result in scrubber.scrub_groups(groups[start : start + BATCH])
    ]


def _ours(groups: Groups) -> dict[str, float]:
    scrubber = _fresh()
    scrubber.warm_up(workers=True)  # both sides start with their models loaded
    return _timed(lambda: _in_batches(scrubber, groups))


def _theirs(groups: Groups) -> dict[str, float]:
    scrub = _peer()
    scrub("warm up, Nora Keller")
    return _timed(lambda: [scrub(text) for group in groups for _, text in group])


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds on the wall, and of processors in this process and its workers."""
    started, used = time.perf_counter(), _used()
    work()
    return {"figure": time.perf_counter() - started, "cpu": _used() - used}


def _used() -> float:
    import psutil

    mine = psutil.Process()
    times = [one.cpu_times() for one in (mine, *mine.children())]
    return float(sum(one.user + one.system for one in times))


def _differing(groups: Groups) -> dict[str, float]:
    """How many texts come out otherwise than by the plain path; 0 is the promise."""
    from flywheel.scrub.engine import Engine

    class Plain(Scrubber):
        def _look_up(self, texts: Any, names: bool) -> Any:
            return {text: engine.analyze([text], names=names)[0] for text in texts}

    engine = Engine(ScrubSettings(), plain=True)
    quick = _in_batches(_fresh(), groups)
    plain = Plain(ScrubSettings(processes=1), KEY)
    known: dict[str, Any] = {}  # a group that came before comes out the same
    for group in groups:
        if repr(group) not in known:
            known[repr(group)] = plain.scrub_groups([group])[0]
    differing = sum(
        one != other
        for group, found in zip(groups, quick, strict=True)
        for one, other in zip(found, known[repr(group)], strict=True)
    )
    return {"figure": differing}


SIDES: Final = {"ours": _ours, "Presidio": _theirs, "plain path": _differing}


def _measure(side: str, case: str) -> dict[str, float]:
    """One side in a process of its own: its figure, and its peak memory with its workers."""
    command = [sys.executable, "-m", "benchmarks.scrub", "--side", side, case]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _run_side(side: str, case: str) -> None:
    figures = SIDES[side](_load(case)[1])
    mine = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = _worker_memory()
    print(json.dumps({**figures, "mb": (mine + workers) / 1024}))


def _worker_memory() -> int:
    """Peak of the living worker processes, KiB."""
    import psutil

    total = 0
    for child in psutil.Process().children():
        status = Path(f"/proc/{child.pid}/status")
        if status.exists():
            peak = next(line for line in status.read_text().splitlines() if "VmHWM" in line)
            total += int(peak.split()[1])
    return total


def main(pairs: int, events: int | None) -> int:
    """Print the table; exit 1 when a result differs from the plain path's."""
    os.environ[LIMIT] = str(events or 0)
    table = Table("texts", "", "ours", "Presidio", "ratio", "target", title="The scrub stage")
    differing = 0
    for case in CASES:
        source, groups = _load(case)
        texts = [text for group in groups for _, text in group]
        print(f"{case}: {source} …", file=sys.stderr, flush=True)
        runs = [(_measure("ours", case), _measure("Presidio", case)) for _ in range(pairs)]
        mine, theirs = (min(run[n]["figure"] for run in runs) for n in (0, 1))
        ratios = [their["figure"] / my["figure"] for my, their in runs]
        ratio = f"{min(ratios):.1f}–{max(ratios):.1f}"
        what = f"{case}: {source}\n{len(texts):,}, {len(set(texts)):,} distinct"
        table.add_row(what, "s", f"{mine:.1f}", f"{theirs:.1f}", ratio, TARGETS[case])
        used = [min(run[n]["cpu"] for run in runs) for n in (0, 1)]
        table.add_row("", "CPU s", *(f"{s:.1f}" for s in used), f"{used[1] / used[0]:.1f}")
        peaks = [max(run[n]["mb"] for run in runs) for n in (0, 1)]
        table.add_row("", "MB", *(f"{peak:.0f}" for peak in peaks), f"{peaks[1] / peaks[0]:.1f}")
        print("  against the plain path …", file=sys.stderr, flush=True)
        differing += round(_measure("plain path", case)["figure"])
        table.add_section()
    Console().print(table)
    print(f"ratio: Presidio's over ours, lowest and highest of {pairs} pairs run in turn")
    print("models and workers are loaded before the clock starts; MB: peak, workers included")
    print(f"texts that come out otherwise than by the plain path: {differing}")
    return 1 if differing else 0


if __name__ == "__main__":
    go_offline()
    parser = argparse.ArgumentParser(description="The scrub stage against plain Presidio.")
    parser.add_argument("--pairs", type=int, default=1, help="how often each side runs, in turn")
    parser.add_argument("--events", type=int, help="of the stream, only the first so many")
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sys.exit(_run_side(*given.side) if given.side else main(given.pairs, given.events))
