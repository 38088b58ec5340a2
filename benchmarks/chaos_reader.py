"""A production process of the chaos test: selects, notes what it saw, imports the client alone.

`python -m benchmarks.chaos_reader RELEASES SELECTIONS PAUSE_S REFRESH_S` prints one JSON object.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from flywheel_client import Bank

_QUERIES = [f"What was revenue in {year}?" for year in range(1990, 2025)]


def read(releases: Path, selections: int, pause_s: float, refresh_s: float) -> dict[str, Any]:
    """Selects so often; gives when which release was served, mixed ones, handles and memory."""
    served: list[tuple[float, str | None]] = []
    mixed, exceptions, empty = 0, [], 0
    warm: tuple[int, int] | None = None
    with Bank.open(releases, refresh_s=refresh_s) as bank:
        for number in range(selections):
            asked_at = time.time()
            try:
                found = bank.select(
                    _QUERIES[number % len(_QUERIES)], 4, {"feature": "qa"}, 400, 0.3
                )
            except Exception as error:
                exceptions.append(repr(error))
                continue
            mixed += len({(one.tags["mark"], found.release) for one in found}) > 1
            empty += not found.examples
            served.append((asked_at, found.release if found.examples else None))
            if found.examples and {one.tags["mark"] for one in found} != {_mark(found.release)}:
                mixed += 1
            if number == selections // 3:
                warm = (_handles(), _memory())
            time.sleep(pause_s)
        arrived = _wait_for_the_last(bank, releases.parent)
        metrics = bank.metrics()
    assert warm is not None
    return {
        "served": _changes(served),
        "mixed": mixed,
        "exceptions": exceptions,
        "empty": empty,
        "arrived": arrived,
        "handles": _handles() - warm[0],
        "memory_kb": _memory() - warm[1],
        "metrics": metrics,
    }


def _wait_for_the_last(bank: Bank, folder: Path) -> bool:
    """Whether the release that the writer ends with is served, however slow the machine is."""
    (folder / f"done-{os.getpid()}").touch()
    for _ in range(600):
        last = folder / "last"
        if last.exists() and bank.select(_QUERIES[0]).release == last.read_text():
            return True
        time.sleep(0.1)
    return False


_MARKS: dict[str, str] = {}


def _mark(release: str | None) -> str:
    """What every example of a release is marked with, as the writer noted it beside it."""
    if release not in _MARKS:
        _MARKS[str(release)] = (Path(sys.argv[1]).parent / "marks" / str(release)).read_text()
    return _MARKS[str(release)]


def _changes(served: list[tuple[float, str | None]]) -> list[tuple[float, float, str | None]]:
    """First and last time at which one release was served without a break."""
    spans: list[tuple[float, float, str | None]] = []
    for at, release in served:
        if spans and spans[-1][2] == release:
            spans[-1] = (spans[-1][0], at, release)
        else:
            spans.append((at, at, release))
    return spans


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def _memory() -> int:
    """The most that was ever resident, in KB: it cannot shrink, so growth cannot hide."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    releases, selections, pause_s, refresh_s = sys.argv[1:]
    print(json.dumps(read(Path(releases), int(selections), float(pause_s), float(refresh_s))))
