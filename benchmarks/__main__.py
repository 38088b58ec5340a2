"""Run every benchmark: `python -m benchmarks [NAME ...]`."""

import sys

from rich.console import Console
from rich.table import Table

from benchmarks import scrub, store
from benchmarks.timing import Comparison
from flywheel.settings import go_offline

BENCHMARKS = {"scrub": scrub.compare, "store": store.compare}


def main(names: list[str]) -> int:
    """Print a table with a row a comparison; ratios are what counts, seconds vary by machine."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)} (there are: {', '.join(BENCHMARKS)})")
        return 2
    go_offline()
    table = Table("what", "peer", "ours s", "peer s", "ratio", title="Ours against a named peer")
    for name in names or BENCHMARKS:
        for row in BENCHMARKS[name]():
            table.add_row(*_cells(row))
    Console().print(table)
    print("ratio: the peer's time over ours, median of the pairs (min to max); over 1 is faster")
    return 0


def _cells(row: Comparison) -> tuple[str, ...]:
    low, middle, high = row.ratios
    ratio = f"{middle:.1f} ({low:.1f}–{high:.1f})"
    return row.what, row.peer, f"{row.ours_s:.2f}", f"{row.peer_s:.2f}", ratio


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
