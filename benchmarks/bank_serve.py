"""`flywheel serve` over loopback HTTP, against what a team would write instead: one run.

`python -m benchmarks.bank_serve` (`make bench-serve`). The peer is a FastAPI application around
LangChain's MMR selector on FAISS, over the same vectors, behind the same server (uvicorn, one
process); it has no filter, no budget, no keys. The same questions to all, in turn by rounds, on
connections that stay open; ours by one process and by two. The client shares the cores with them.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from benchmarks.bank import release_of
from benchmarks.bank_corpus import questions
from benchmarks.bank_threads import BUDGET, DIVERSITY, WHERE, K
from flywheel.settings import go_offline
from flywheel_client import Bank, WordLlamaEmbedder

CONNECTIONS: Final = (1, 8)
ROUNDS: Final = 5
REQUESTS: Final = 300
"""A round, over all connections."""
OURS, PEER, INSIDE = "flywheel serve", "FastAPI, LangChain MMR", "in process: select"
OURS_BY_TWO: Final = "flywheel serve --workers 2"

_FULL: Final = {"k": K, "max_tokens": BUDGET, "diversity": DIVERSITY} | {
    f"where.{name}": value for name, value in WHERE.items()
}


@contextmanager
def serving(command: Sequence[str]) -> Iterator[int]:
    """A server as a process of its own, which says its port in a line of JSON."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(json.loads(process.stdout.readline())["url"].rsplit(":", 1)[1])
        finally:
            process.terminate()


def ours(size: int, folder: Path, workers: int = 1) -> list[str]:
    """How `flywheel serve` is started on the benchmark's releases."""
    command = [sys.executable, "-m", "flywheel", "serve", "--json", "--port", "0"]
    command += ["--workers", str(workers)]
    return [*command, "--releases", str(release_of(size, folder)), "--home", str(folder / "serve")]


def peer(size: int, folder: Path) -> list[str]:
    """How the peer is started: this module, in a process of its own."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "benchmarks.bank_serve"]
    return [*command, "--peer", "--rows", str(size), "--folder", str(folder)]


def run_peer(size: int, folder: Path) -> None:
    """The peer, until it is ended."""
    from fastapi import FastAPI

    from benchmarks.bank import peers
    from flywheel.review.server import bind, serve

    bank = Bank.open(release_of(size, folder), strict=True, refresh_s=None)
    assert bank._snapshot is not None
    select = dict(peers(bank._snapshot.vectors, WordLlamaEmbedder()))["LangChain MMR on FAISS"]
    app = FastAPI()

    @app.get("/v1/fewshot")
    async def fewshot(query: str) -> Any:
        return {"examples": select(query)}

    listener = bind("127.0.0.1", 0)
    print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    serve(app, listener)


def ask(port: int, extra: dict[str, Any], connections: int, count: int) -> list[float]:
    """Milliseconds of each of so many requests, over so many connections at once."""
    asked = list(questions(count, seed=connections + 10))
    took: list[float] = []

    def work(part: list[str]) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            for one in part:
                path = f"/v1/fewshot?{urlencode({'query': one, **extra})}"
                before = time.perf_counter()
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read()
                took.append(1000 * (time.perf_counter() - before))
                if response.status != 200:
                    raise RuntimeError(f"{response.status}: {body[:200]!r}")

    with ThreadPoolExecutor(connections) as pool:
        for _ in pool.map(work, [asked[n::connections] for n in range(connections)]):
            pass
    return took


def select_here(bank: Bank, count: int) -> list[float]:
    """The same selection without HTTP."""
    took = []
    for query in questions(count, seed=11):
        before = time.perf_counter()
        bank.select(query, K, WHERE, BUDGET, DIVERSITY)
        took.append(1000 * (time.perf_counter() - before))
    return took


def compare(size: int, folder: Path, *, with_others: bool = True) -> Table:
    """Requests a second and milliseconds, the servers in turn."""
    bank = Bank.open(release_of(size, folder), strict=True, refresh_s=None)
    rates: dict[tuple[str, int], list[float]] = {}
    times: dict[tuple[str, int], list[float]] = {}
    with ExitStack() as stack:
        ports = {OURS: (stack.enter_context(serving(ours(size, folder))), _FULL)}
        if with_others:
            by_two = ours(size, folder, workers=2)
            ports[OURS_BY_TWO] = (stack.enter_context(serving(by_two)), _FULL)
            ports[PEER] = (stack.enter_context(serving(peer(size, folder))), {})
        for turn in range(ROUNDS + 1):
            for connections in CONNECTIONS:
                for name, (port, extra) in ports.items():
                    start = time.perf_counter()
                    took = ask(port, extra, connections, REQUESTS)
                    rate = REQUESTS / (time.perf_counter() - start)
                    if turn:  # the first is to warm up
                        rates.setdefault((name, connections), []).append(rate)
                        times.setdefault((name, connections), []).extend(took)
            took = select_here(bank, REQUESTS)
            rates.setdefault((INSIDE, 1), []).append(1000 * REQUESTS / sum(took))
            times.setdefault((INSIDE, 1), []).extend(took)
    return _table(size, rates, times)


def _table(
    size: int,
    rates: dict[tuple[str, int], list[float]],
    times: dict[tuple[str, int], list[float]],
) -> Table:
    table = Table(title=f"Over HTTP: {size:,} examples, k={K}, {os.cpu_count()} cores")
    for name in ("what", "connections", "requests/s", "p50 ms", "p99 ms", "p50, of ours"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for (name, connections), took in sorted(times.items(), key=lambda item: (item[0][1], item[0])):
        cuts = statistics.quantiles(took, n=100)
        base = statistics.median(times[OURS, connections])
        rate = statistics.median(rates[name, connections])
        figures = (f"{rate:,.0f}", f"{cuts[49]:.2f}", f"{cuts[98]:.2f}", f"{cuts[49] / base:.2f}x")
        table.add_row(name, str(connections), *figures)
    return table


def main() -> None:
    """Print the table, or be the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="keeps the releases for the next run")
    parser.add_argument("--peer", action="store_true", help="serve as the peer does")
    arguments = parser.parse_args()
    go_offline()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if arguments.peer:
            run_peer(arguments.rows, folder)
        else:
            Console().print(compare(arguments.rows, folder))


if __name__ == "__main__":
    main()
