"""A bulk decision, killed (-9) and said again beside two who decide: `make bench-bulk`.

The bulk and the two deciders are three processes on one home. Prints how long each single decision
waited, and fails when one that was acknowledged is no fact, or a case of the bulk was left out.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.review_home import make_home
from flywheel.desk import Desk, Filters, RequestKey, Viewer, settle
from flywheel.desk.records import Entry
from flywheel.settings import Settings, go_offline, load_settings
from flywheel.store import open_store
from schemas.decision import Decision

_BULK: Final = Filters(target="golden")
_ONE: Final = RequestKey("bench", "bench")
"""The bulk that is said again is the same request."""
_ROOT: Final = Path(__file__).parents[1]


def reject(candidate_id: str, note: str | None = None) -> Decision:
    """A decision of this moment."""
    said = {"candidate_id": candidate_id, "verdict": "reject", "reviewer": "?", "reason": "no"}
    return Decision.model_validate(
        said | {"time": datetime.now(UTC).isoformat(), "note": note}, strict=False
    )


def bulk(home: Path, expected: int) -> None:
    """Decide all of the golden side."""

    def make(entry: Entry) -> Decision:
        return reject(entry.candidate_id, "in bulk")

    begin = time.perf_counter()
    report = Desk(load_settings(home)).decide_all(_BULK, Viewer("lea"), make, expected, _ONE)
    took = time.perf_counter() - begin
    print(f"bulk: {report.decided:,} in {took:.1f} s, {report.already:,} before it was killed")


def decide(home: Path, first: int) -> None:
    """Decide the bank's cases one by one until killed; says each with its milliseconds."""
    desk, viewer = Desk(load_settings(home)), Viewer(f"decider-{first}")
    entries = desk.find(Filters(target="bank"), viewer, limit=20_000)[first::2]
    desk.decide(reject(entries[0].candidate_id), viewer)  # a server has its scrubber loaded
    for entry in entries[1:]:
        decision = reject(entry.candidate_id)
        begin = time.perf_counter()
        desk.decide(decision, viewer)
        print(entry.candidate_id, 1000 * (time.perf_counter() - begin), flush=True)
        time.sleep(0.03)


def run(home: Path, cases: int, seed: int) -> list[str]:
    """Kill the bulk at a random moment of its writing and say it again; gives what went wrong."""
    settings = load_settings(home)
    make_home(settings, cases * 3 // 2)
    desk = Desk(settings)
    desk.refresh()
    expected = desk.shown(_BULK, Viewer("lea"))
    deciders = [_start("decide", home, first) for first in range(2)]
    stop = random.Random(seed).uniform(0.2, 0.8) * expected
    cut = _start("bulk", home, expected)
    while cut.poll() is None and _pending(desk) > expected - stop:
        time.sleep(0.05)
    cut.kill()
    cut.wait()
    left = _pending(desk)
    print(f"killed after {expected - left:,} of {expected:,}", flush=True)
    again = _start("bulk", home, expected)
    print(again.communicate()[0], end="", flush=True)
    for one in deciders:
        one.kill()
    said = [line.split() for one in deciders for line in one.communicate()[0].splitlines()]
    acknowledged = [line for line in said if len(line) == 2]
    waits = np.array([float(line[1]) for line in acknowledged])
    p50, p95, p99 = np.percentile(waits, [50, 95, 99])
    print(
        f"{len(waits):,} single decisions beside it: p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"p99 {p99:.0f} ms, longest {waits.max():.0f} ms, "
        f"over 100 ms {100 * np.mean(waits > 100):.1f}%"
    )
    faults = [] if again.returncode == 0 else ["the bulk that was said again failed"]
    return faults + _faults(settings, desk, {line[0] for line in acknowledged})


def _start(what: str, home: Path, number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.review_bulk", what, str(home), str(number)]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)


def _pending(desk: Desk) -> int:
    return desk.shown(_BULK, Viewer("lea"))


def _faults(settings: Settings, desk: Desk, acknowledged: set[str]) -> list[str]:
    faults = [f"{left:,} cases of the bulk were left out"] if (left := _pending(desk)) else []
    settle(settings)
    query = "SELECT candidate_id, reviewer, count(*) FROM decisions GROUP BY ALL"
    with open_store(settings).transaction() as connection:
        rows = connection.execute(query).fetchall()
    lost = acknowledged - {row[0] for row in rows}
    twice = sum(row[2] > 1 for row in rows)
    faults += [f"{len(lost)} acknowledged decisions are lost"] if lost else []
    return faults + ([f"{twice} decisions are facts twice"] if twice else [])


def main() -> int:
    """Print what was measured and what went wrong; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = run(Path(folder) / "home", given.cases, given.seed)
    print("\n".join(faults) or "no fault: each is a fact, once")
    return 1 if faults else 0


if __name__ == "__main__":
    go_offline()
    if sys.argv[1:2] in (["bulk"], ["decide"]):
        {"bulk": bulk, "decide": decide}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main())
