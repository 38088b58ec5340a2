"""Review servers killed (-9) at any moment under load: `python -m benchmarks.review_chaos`.

Two servers have one home; four reviewers decide as fast as they are answered, and two admins pass
by, pass on, take back, decide many at once, hold cases open, publish and bring answers in. Each
round kills one or both servers, at a random moment after the first answer, so in the middle of
requests, of decisions on their way into the facts, of a promotion; and settles from a third
process, which is killed too. Between rounds the queue is to be read anew, as after an upgrade, and
a server is killed over it. In the end every decision that was acknowledged has to be a fact, none
twice, every release that was told there, each bulk that is said again the one it was, the queue
the same as one that is read from nothing, and nothing that was typed may stand in any file.
"""

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.review import ROOT, lost, make_reviewers, readable, serving
from benchmarks.review_acts import Acts, twice, unpublished
from benchmarks.review_home import Home, make_home
from benchmarks.review_load import TYPED, Acknowledged, Reviewer, reviewing
from benchmarks.review_publish import Publisher, disagreeing
from flywheel.desk import Desk
from flywheel.desk.tables import FILE as DESK
from flywheel.desk.tables import Tables, forget
from flywheel.review.access import Role
from flywheel.review.access.database import Database
from flywheel.review.access.gate import FILE as ACCESS
from flywheel.review.access.tokens import Tokens
from flywheel.review.access.users import Users
from flywheel.settings import Settings, go_offline, load_settings

_SETTLE = "import sys; from pathlib import Path; from flywheel.desk import settle; " \
    "from flywheel.settings import load_settings; settings = load_settings(Path(sys.argv[1]))\n" \
    "while True: settle(settings)"  # fmt: skip


@dataclass
class Report:
    """What was tried, and what went wrong."""

    kills: int = 0
    starts: int = 0
    """Killed before anybody was answered."""
    in_promotion: int = 0
    """Killed while a promotion was asked for and not answered."""
    acknowledged: list[Acknowledged] = field(default_factory=list)
    acts: list[Acts] = field(default_factory=list)
    publishers: list[Publisher] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def run(folder: Path, rounds: int, candidates: int, seed: int = 1, longest_s: float = 2) -> Report:
    """Kill servers for so many rounds; each begins with fresh ones on what the last one left."""
    settings = load_settings(folder / "home")
    home, rng, report = make_home(settings, candidates), random.Random(seed), Report()
    token = _admin(settings)
    for number in range(rounds):
        _kill_at_start(settings, rng, report)
        _round(home, token, rng, report, longest_s, both=number % 2 == 0)
        report.faults += readable(settings.home, TYPED) + disagreeing(settings)
    with serving(settings.home) as server:
        for one in report.acts:
            one.say_again(server.base)
    people = [*report.acts, *report.publishers]
    releases = [release for one in people for release in one.releases]
    report.acknowledged += [ack for one in people for ack in one.acknowledged]
    report.faults += [fault for one in people for fault in one.faults if not _is_death(fault)]
    report.faults += lost(settings, report.acknowledged) + twice(settings)
    report.faults += unpublished(settings, releases) + _mirrored(settings)
    report.faults += readable(settings.home, TYPED)
    return report


def _admin(settings: Settings) -> str:
    """A token for what leads may not."""
    database = Database(settings.home / ACCESS)
    users = Users(database)
    users.add("ada", Role.ADMIN)
    return Tokens(database).make(users, "ada", "chaos", None)


def _kill_at_start(settings: Settings, rng: random.Random, report: Report) -> None:
    """A server that finds tables of another version reads the queue anew, and dies over it."""
    with closing(sqlite3.connect(settings.home / DESK)) as desk:
        desk.execute("PRAGMA user_version = 0")
    with serving(settings.home) as server:
        time.sleep(rng.uniform(0, 1.5))
        server.process.kill()
    report.starts += 1


def _mirrored(settings: Settings) -> list[str]:
    """Faults: cases that stand elsewhere in the queue than in one that is read from nothing."""
    query = "SELECT candidate_id, state, given, decision_id, sent_to FROM cases"
    found = []
    for anew in (False, True):
        desk = Desk(settings)
        if anew:
            forget(Tables(settings.home / DESK))
        desk.refresh()
        with closing(sqlite3.connect(settings.home / DESK)) as tables:
            found.append(set(tables.execute(query)))
    wrong = found[0] ^ found[1]
    return [f"{len(wrong)} rows of the queue differ from the facts"] if wrong else []


def _round(
    home: Home, token: str, rng: random.Random, report: Report, longest_s: float, *, both: bool
) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(home.settings.home)) for _ in range(2)]
        reviewers = [
            one
            for number, server in enumerate(servers)
            for one in make_reviewers(home, server.base, 0)[number::2]
        ]
        acts = [Acts(server.base, token, rng.randrange(10**6)) for server in servers]
        publisher = Publisher(rng.choice(servers).base, token)
        settler = subprocess.Popen(
            [sys.executable, "-c", _SETTLE, str(home.settings.home)], cwd=ROOT
        )
        with reviewing([*reviewers, *acts, publisher]):
            _wait(reviewers)
            time.sleep(rng.uniform(0, longest_s))
            settler.kill()
            victims = servers if both else [one for one in servers if one.base == publisher.base]
            if not both:
                _wait_within(publisher, rng)
            report.in_promotion += publisher.at_it.is_set() and publisher.base in {
                one.base for one in victims
            }
            for server in victims:
                server.process.kill()
                time.sleep(rng.uniform(0, 0.2))
            report.kills += 1 + len(victims)
        settler.wait()
        report.acts += acts
        report.publishers.append(publisher)
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


def _wait_within(publisher: Publisher, rng: random.Random) -> None:
    """Until a promotion is anywhere on its way, from clusters to the pointer."""
    while publisher.at_it.is_set():  # one from its beginning
        time.sleep(0.002)
    publisher.at_it.wait(120)
    time.sleep(rng.uniform(0, publisher.took_s))


def _is_death(fault: str) -> bool:
    """What a reviewer sees of a killed server: nothing more."""
    return fault.endswith("Error") and ": " in fault


def main() -> int:
    """Print what was tried and what went wrong; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=8, help="seconds before a kill")
    given = parser.parse_args()
    go_offline()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), given.rounds, given.candidates, given.seed, given.longest)
    done: Counter[str] = sum((one.done for one in report.acts), Counter())
    said = ", ".join(f"{what} {count}" for what, count in done.most_common())
    print(
        f"{report.kills} kills ({report.in_promotion} within a promotion) and {report.starts} over "
        f"a start, {len({id for one in report.publishers for id in one.releases})} releases, "
        f"{len(report.acknowledged):,} acknowledged decisions; {said}"
    )
    print("\n".join(sorted(set(report.faults))) or "no fault: each is a fact, once")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
