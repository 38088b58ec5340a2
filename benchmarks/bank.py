"""The few-shot bank against LangChain's selectors on FAISS and a plain dot product: one run.

`python -m benchmarks.bank` (`make bench-bank`) prints the tables of docs/client.md. The same
vectors for all; each query is embedded by all, and its embedding counts. One thread each: on a
busy machine the threads of BLAS and OpenMP wait 20 ms and more for each other, which would flatter
us (`make bench-bank` sets it).
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bank_corpus import examples, questions
from benchmarks.bank_threads import THREADS, WHERE, Ask, K, rate_of, ways
from flywheel.bank import publishing, switch, write_release
from flywheel.settings import Settings, go_offline
from flywheel_client import Bank, WordLlamaEmbedder
from flywheel_client.embed import Vectors

QUERIES: Final = 1000
_BLOCK: Final = 25
_ROUNDS: Final = 5
_TOGETHER: Final = ", threads"
_APART: Final = ", processes"


def release_of(size: int, folder: Path) -> Path:
    """The releases' folder of a bank of this size; made once, used again by the next run."""
    home = Settings(home=folder / f"bank-{size}")
    if not (home.releases_path / "current").exists():
        start = time.perf_counter()
        with publishing(home) as releases:
            manifest = write_release(
                releases,
                list(examples(size)),
                WordLlamaEmbedder(),
                parent=None,
                created_at="2025-01-06T09:00:00+00:00",
            )
            switch(releases, manifest.id)
        taken = time.perf_counter() - start
        print(f"{size:,} examples published in {taken:,.0f} s", file=sys.stderr, flush=True)
    return home.releases_path


def peers(vectors: Vectors, embedder: WordLlamaEmbedder) -> Iterator[tuple[str, Ask]]:
    """What else a team would use, over the same vectors."""

    def dot(query: str) -> Any:
        scores = vectors @ embedder.embed([query])[0]
        best = np.argpartition(scores, -K)[-K:]
        return best[np.argsort(-scores[best])]

    yield "numpy: dot product, argpartition", dot
    try:
        yield from _langchain(vectors, embedder)
    except ImportError as error:
        print(f"LangChain and FAISS are not run: {error.name} is missing (make bench-bank)")


def _langchain(vectors: Vectors, embedder: WordLlamaEmbedder) -> Iterator[tuple[str, Ask]]:
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings
    from langchain_core.example_selectors import (
        MaxMarginalRelevanceExampleSelector,
        SemanticSimilarityExampleSelector,
    )

    class Ours(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = embedder.embed([text])[0].tolist()
            return vector

    found = list(examples(len(vectors)))
    asked = [str(one.messages[0].content) for one in found]
    store = FAISS.from_embeddings(
        zip(asked, vectors.tolist(), strict=True),
        Ours(),
        [
            {"question": question, "answer": one.output, "feature": one.feature}
            for question, one in zip(asked, found, strict=True)
        ],
    )
    keys: dict[str, Any] = {"input_keys": ["question"], "k": K}
    similar = SemanticSimilarityExampleSelector(vectorstore=store, **keys)
    yield "LangChain similarity on FAISS", lambda q: similar.select_examples({"question": q})
    diverse = MaxMarginalRelevanceExampleSelector(vectorstore=store, fetch_k=4 * K, **keys)
    yield "LangChain MMR on FAISS", lambda q: diverse.select_examples({"question": q})


def time_in_turn(asks: Sequence[tuple[str, Ask]], queries: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds by way, in turn by blocks of queries: a machine that slows down slows all.

    Not query by query: each would find the processor's cache full of the others' vectors.
    """
    took: dict[str, list[float]] = {name: [] for name, _ in asks}
    for start in range(0, len(queries), _BLOCK):
        for name, ask in asks:
            for query in queries[start : start + _BLOCK]:
                before = time.perf_counter()
                ask(query)
                took[name].append(1000 * (time.perf_counter() - before))
    return took


def compare(size: int, folder: Path) -> Table:
    """Every way at one size, in turn."""
    bank = Bank.open(release_of(size, folder), strict=True, refresh_s=None)
    asks = [*ways(bank), *peers(_vectors(bank), WordLlamaEmbedder())]
    queries = list(questions(QUERIES + 20, seed=2))
    time_in_turn(asks, queries[:20])
    took = time_in_turn(asks, queries[20:])
    ours = statistics.median(took["flywheel: filter, MMR, budget"])
    title = f"{size:,} examples, k={K}"
    table = Table("what", "p10 ms", "p50 ms", "p99 ms", "p50, of ours", title=title)
    for name, times in took.items():
        middle = statistics.median(times)
        table.add_row(name, *_percentiles(times), f"{middle / ours:.1f}x")
    return table


def _percentiles(times: Sequence[float]) -> list[str]:
    """p10, which a busy machine disturbs least, p50 and p99."""
    cuts = statistics.quantiles(times, n=100)
    return [f"{cuts[place]:.3f}" for place in (9, 49, 98)]


def measure_large(size: int, folder: Path) -> Table:
    """Opening, selecting and recall where an index is used."""
    releases = release_of(size, folder)
    table = Table("what", "figure", title=f"{size:,} examples, k={K}")
    room = sum(path.stat().st_size for path in releases.glob("*/*"))
    table.add_row("its files", f"{room / 1e9:.1f} GB")
    opened = []
    for _ in range(5):
        start, before = time.perf_counter(), time.process_time()
        bank = Bank.open(releases, strict=True, refresh_s=None)
        opened.append((time.perf_counter() - start, time.process_time() - before))
    best, middle = min(opened), sorted(opened)[len(opened) // 2]
    figures = f"{best[0]:.2f}, {middle[0]:.2f} s ({best[1]:.2f} s of CPU)"
    table.add_row("open, every file's hash checked: best, median of 5", figures)
    queries = list(questions(QUERIES // 2 + 20, seed=2))
    asks = list(ways(bank))
    time_in_turn(asks, queries[:20])
    for name, times in time_in_turn(asks, queries[20:]).items():
        table.add_row(f"{name}: p10, p50, p99", f"{', '.join(_percentiles(times))} ms")
    table.add_row("recall@8 against exact search", f"{recall(bank, queries[:100]):.4f}")
    table.add_row("the same within the filter", f"{recall(bank, queries[:100], WHERE):.4f}")
    return table


def recall(bank: Bank, queries: Sequence[str], where: Any = None) -> float:
    """The share of the exact nearest that is found; an equally near one is as good."""
    snapshot = bank._snapshot
    assert snapshot is not None
    index, snapshot._index = snapshot._index, None
    exact = [bank.select(query, K, where) for query in queries]
    snapshot._index = index
    hits = 0
    for query, wanted in zip(queries, exact, strict=True):
        least = wanted.examples[-1].score
        hits += sum(one.score >= least for one in bank.select(query, K, where))
    return hits / (K * len(queries))


def scale(size: int, folder: Path, free_threaded: str | None = None) -> Table:
    """Selections a second by threads, and by as many processes: what the cores can give.

    In turn by rounds; the best round of each. `free_threaded`: an interpreter without the lock.
    """
    releases = release_of(size, folder)
    bank = Bank.open(releases, strict=True, refresh_s=None)
    asks = list(ways(bank))[:2]
    queries = list(questions(2 * QUERIES, seed=3))
    best: dict[str, list[float]] = {}

    def note(row: str, rates: Sequence[float]) -> None:
        best[row] = [max(pair) for pair in zip(rates, best.get(row, rates), strict=True)]

    for _ in range(_ROUNDS):
        for name, ask in asks:
            for kind in (_TOGETHER, _APART):
                apart = kind == _APART
                note(name + kind, [rate_of(n, ask, queries, apart=apart) for n in THREADS])
        if free_threaded:
            told = _elsewhere(free_threaded, releases, queries)
            for name, rates in told["rates"].items():
                note(f"{name}, threads, free-threaded {told['version']}", rates)
    title = f"Selections/s by threads: {size:,} examples, {os.cpu_count()} cores"
    table = Table("what", *(str(threads) for threads in THREADS), title=title)
    for row in sorted(best):
        table.add_row(row, *(f"{rate:,.0f}" for rate in best[row]))
    return table


def _elsewhere(python: str, releases: Path, queries: Sequence[str]) -> dict[str, Any]:
    """One round in another interpreter, which has the client."""
    done = subprocess.run(
        [python, "-m", "benchmarks.bank_threads", str(releases)],
        input=json.dumps(queries),
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if told["gil"]:
        raise SystemExit(f"{python} holds the interpreter's lock: it is no free-threaded build")
    return told


_STARTS: Final = {
    "python -c pass": "pass",
    "import numpy": "import numpy",
    "import flywheel_client": "import flywheel_client",
    "import, open, first select": (
        "import sys, flywheel_client as f;"
        "b = f.Bank.open(sys.argv[1], strict=True, refresh_s=None); b.select('What was revenue?')"
    ),
}


def start_up(size: int, folder: Path) -> Table:
    """A fresh process, bytecode cached, the interpreter included."""
    releases = release_of(size, folder)
    title = f"A fresh process, {size:,} examples"
    table = Table("what", "best ms", "median ms", "CPU ms", title=title)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for name, script in _STARTS.items():
        command = [sys.executable, "-c", script, str(releases)]
        subprocess.run(command, check=True, env=environment)  # the bytecode is cached now
        times, used = [], []
        for _ in range(9):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, check=True, env=environment)
            times.append(1000 * (time.perf_counter() - start))
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
            used.append(1000 * (user + system))
        figures = (min(times), statistics.median(times), statistics.median(used))
        table.add_row(name, *(f"{figure:.0f}" for figure in figures))
    return table


def _vectors(bank: Bank) -> Vectors:
    assert bank._snapshot is not None
    return bank._snapshot.vectors


def main() -> None:
    """Print the tables; `--large 0` leaves out the million, whose index takes long to build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keeps the releases for the next run")
    parser.add_argument("--free-threaded", metavar="PYTHON", help="measures its threads, too")
    arguments = parser.parse_args()
    go_offline()
    console = Console()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        for show in (start_up, compare):
            console.print(show(arguments.rows, folder))
        console.print(scale(arguments.rows, folder, arguments.free_threaded))
        if arguments.large:
            console.print(measure_large(arguments.large, folder))
            console.print(scale(arguments.large, folder, arguments.free_threaded))


if __name__ == "__main__":
    main()
