"""Times two ways of doing one thing in turn, pair by pair."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Comparison:
    """One thing done two ways."""

    what: str
    peer: str
    ours_s: float
    """Median, seconds."""
    peer_s: float
    ratios: tuple[float, float, float]
    """Peer over ours: minimum, median and maximum of the pairs."""
    cpu_ratios: tuple[float, float, float]
    """The same in processor time of this process, which tells less of who else is at work."""


def compare_pairs(
    what: str, peer_name: str, ours: Callable[[], None], peer: Callable[[], None], pairs: int = 3
) -> Comparison:
    """Run A B A B …, so that a machine that slows down slows both."""
    times = [(measure(ours), measure(peer)) for _ in range(pairs)]
    return Comparison(
        what,
        peer_name,
        statistics.median(mine.wall for mine, _ in times),
        statistics.median(theirs.wall for _, theirs in times),
        _spread(theirs.wall / mine.wall for mine, theirs in times),
        _spread(theirs.cpu / mine.cpu for mine, theirs in times),
    )


class Took(NamedTuple):
    """Seconds of one call."""

    wall: float
    cpu: float


def measure(call: Callable[[], object]) -> Took:
    """Run it once."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def _spread(ratios: Iterable[float]) -> tuple[float, float, float]:
    known = list(ratios)
    return min(known), statistics.median(known), max(known)
