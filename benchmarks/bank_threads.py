"""Selections a second by so many threads or forks, with nothing but the client.

So an interpreter without the rest's dependencies can run it: `benchmarks.bank` starts it in
CPython's free-threaded build, too. `python -m benchmarks.bank_threads RELEASES < queries.json`
prints one JSON object: for each way the rate with 1, 2, 4 and 8 threads.
"""

import json
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from flywheel_client import Bank

K: Final = 8
DIVERSITY: Final = 0.3
BUDGET: Final = 800
WHERE: Final = {"feature": "report_qa"}
THREADS: Final = (1, 2, 4, 8)
Ask = Callable[[str], Any]


def ways(bank: Bank) -> Iterator[tuple[str, Ask]]:
    """Ours, from everything on to nothing on."""
    yield (
        "flywheel: filter, MMR, budget",
        lambda q: bank.select(q, K, WHERE, BUDGET, DIVERSITY),
    )
    yield "flywheel: MMR, budget", lambda q: bank.select(q, K, None, BUDGET, DIVERSITY)
    yield "flywheel: nearest only", lambda q: bank.select(q, K)


def rate_of(count: int, ask: Ask, queries: Sequence[str], *, apart: bool = False) -> float:
    """Selections a second by so many threads; no pool, whose own work would be measured, too.

    `apart`: by forks, which share what the bank has mapped and read.
    """
    forks = multiprocessing.get_context("fork")
    ready = forks.Barrier(count + 1) if apart else threading.Barrier(count + 1)

    def work(part: Sequence[str]) -> None:
        ready.wait()
        for query in part:
            ask(query)

    start_one = forks.Process if apart else threading.Thread
    workers = [start_one(target=work, args=(queries[n::count],)) for n in range(count)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    return len(queries) / (time.perf_counter() - start)


def main() -> None:
    """One round by threads."""
    bank = Bank.open(Path(sys.argv[1]), strict=True, refresh_s=None)
    queries = json.load(sys.stdin)
    rates = {}
    for name, ask in list(ways(bank))[:2]:
        for query in queries[:20]:
            ask(query)
        rates[name] = [rate_of(count, ask, queries) for count in THREADS]
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    json.dump({"version": sys.version.split()[0], "gil": gil, "rates": rates}, sys.stdout)


if __name__ == "__main__":
    main()
