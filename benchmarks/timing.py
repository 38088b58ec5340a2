"""Times two ways of doing one thing in turn, pair by pair."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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


def compare_pairs(
    what: str, peer_name: str, ours: Callable[[], None], peer: Callable[[], None], pairs: int = 3
) -> Comparison:
    """Run A B A B …, so that a machine that slows down slows both."""
    times = [(_seconds(ours), _seconds(peer)) for _ in range(pairs)]
    ratios = sorted(theirs / mine for mine, theirs in times)
    return Comparison(
        what,
        peer_name,
        statistics.median(mine for mine, _ in times),
        statistics.median(theirs for _, theirs in times),
        (ratios[0], statistics.median(ratios), ratios[-1]),
    )


def _seconds(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
