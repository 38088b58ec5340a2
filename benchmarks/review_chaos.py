"""Review servers killed (-9) at any moment under load: `python -m benchmarks.review_chaos`.

Two servers have one home; four reviewers decide as fast as they are answered. Each round kills one
or both of them, at a random moment after the first answer, so in the middle of requests, of
decisions on their way into the facts, of the mirror being read anew; and settles from a third
process, which is killed too. In the end every decision that was acknowledged has to be a fact,
none twice, and nothing that was typed may stand in any file.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.review import ROOT, lost, make_reviewers, readable, serving
from benchmarks.review_home import Home, make_home
from benchmarks.review_load import TYPED, Acknowledged, Reviewer, reviewing
from flywheel.settings import go_offline, load_settings

_SETTLE = "import sys; from pathlib import Path; from flywheel.desk import settle; " \
    "from flywheel.settings import load_settings; settings = load_settings(Path(sys.argv[1]))\n" \
    "while True: settle(settings)"  # fmt: skip


@dataclass
class Report:
    """What was tried, and what went wrong."""

    kills: int = 0
    acknowledged: list[Acknowledged] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(folder: Path, rounds: int, candidates: int, seed: int = 1) -> Report:
    """Kill servers for so many rounds; each begins with fresh ones on what the last one left."""
    settings = load_settings(folder / "home")
    home, rng, report = make_home(settings, candidates), random.Random(seed), Report()
    for number in range(rounds):
        _round(home, rng, report, both=number % 2 == 0)
        report.faults += readable(settings.home, TYPED)
    report.faults += lost(settings, report.acknowledged)
    report.faults += readable(settings.home, TYPED)
    return report


def _round(home: Home, rng: random.Random, report: Report, *, both: bool) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(home.settings.home)) for _ in range(2)]
        reviewers = [
            one
            for number, server in enumerate(servers)
            for one in make_reviewers(home, server.base, 0)[number::2]
        ]
        settler = subprocess.Popen(
            [sys.executable, "-c", _SETTLE, str(home.settings.home)], cwd=ROOT
        )
        with reviewing(reviewers):
            _wait(reviewers)
            time.sleep(rng.uniform(0, 2))
            settler.kill()
            victims = servers if both else [rng.choice(servers)]
            for server in victims:
                server.process.kill()
                time.sleep(rng.uniform(0, 0.2))
            report.kills += 1 + len(victims)
        settler.wait()
        report.acknowledged += [ack for one in reviewers for ack in one.acknowledged]
        report.faults += [
            fault for one in reviewers for fault in one.faults if not _is_death(fault)
        ]


def _wait(reviewers: list[Reviewer]) -> None:
    """Until each kind of decision was answered once."""
    until = time.monotonic() + 120
    while time.monotonic() < until and not all(one.acknowledged for one in reviewers):
        if any(one.faults for one in reviewers):
            return
        time.sleep(0.02)


def _is_death(fault: str) -> bool:
    """What a reviewer sees of a killed server: nothing more."""
    return fault.endswith("Error") and ": " in fault


def main() -> int:
    """Print what was tried and what went wrong; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    go_offline()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), given.rounds, given.candidates, given.seed)
    print(f"{report.kills} kills, {len(report.acknowledged):,} acknowledged decisions")
    print("\n".join(sorted(set(report.faults))) or "no fault: each is a fact, once")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
