"""A writer publishes, rolls back, corrupts, truncates and deletes while eight processes select.

`python -m benchmarks.chaos` (`make chaos`) selects 100,000 times and exits 1 on any exception,
mixed release, stale pointer, or growth of handles or memory.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from flywheel.bank import switch, write_release
from flywheel.settings import go_offline
from flywheel_client import WordLlamaEmbedder
from flywheel_client.release import MANIFEST, POINTER
from schemas.candidate import Target
from schemas.event import Message
from schemas.example import Example

PROCESSES: Final = 8
REFRESH_S: Final = 0.25
SLACK_S: Final = 1.5
"""What loading a release may take on a busy machine, beyond the poll interval."""
_EXAMPLES: Final = 60
_GROWTH_KB: Final = 24_000
"""Two releases are in memory while one replaces the other, and the allocator keeps some."""
_LOADED: Final = ("rows.jsonl", "rows.npy", "filter_keys.npy", "vectors.npy", "bank.parquet")


@dataclass
class Report:
    """What went wrong, and how much was tried."""

    selections: int = 0
    switches: int = 0
    refused: int = 0
    swaps: int = 0
    checked_s: float = 0
    """Seconds, over all processes, in which one good release had been current for long enough."""
    faults: list[str] = field(default_factory=list)


class Writer:
    """Does to a folder of releases what a bad day does, and remembers what the pointer named."""

    def __init__(self, releases: Path, seed: int) -> None:
        self._releases = releases
        self._random = random.Random(seed)
        self._embedder = WordLlamaEmbedder()
        self._number = 0
        self._good: list[str] = []
        self.timeline: list[tuple[float, str | None]] = []
        """From when on the pointer named a whole release; none: something that is not."""

    def publish(self) -> str:
        """Another release, and the pointer to it."""
        self._number += 1
        mark = str(self._number)
        examples = [_example(number, mark) for number in range(_EXAMPLES)]
        release_id = write_release(
            self._releases, examples, self._embedder, parent=None, created_at="now"
        ).id
        marks = self._releases.parent / "marks"
        marks.mkdir(exist_ok=True)
        (marks / release_id).write_text(mark)
        self._good.append(release_id)
        self._point(release_id)
        return release_id

    def step(self) -> None:
        """One thing at random."""
        steps: list[Callable[[], Any]] = [
            self.publish, self.publish, self.roll_back, self.roll_back, self.corrupt,
            self.truncate, self.delete, self.half_upload, self.spoil_pointer, self.remove_pointer,
        ]  # fmt: skip
        self._random.choice(steps)()

    def roll_back(self) -> None:
        """To an earlier one that is whole."""
        self._point(self._random.choice(self._good[-4:]))

    def corrupt(self) -> None:
        """One bit of one file, of the release that is current."""
        self._damage(lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])

    def truncate(self) -> None:
        """In place, under the readers' eyes."""
        self._damage(lambda content: content[: len(content) // 2])

    def delete(self) -> None:
        """The folder of the release that is current."""
        release_id = self._spoil_current()
        shutil.rmtree(self._releases / release_id)

    def half_upload(self) -> None:
        """A pointer to a folder in which a file is still missing."""
        release_id = self._spoil_current()
        copy = f"{self._random.getrandbits(64):016x}"
        shutil.copytree(self._releases / release_id, self._releases / copy)
        manifest = json.loads((self._releases / copy / MANIFEST).read_text()) | {"id": copy}
        (self._releases / copy / MANIFEST).write_text(json.dumps(manifest))
        (self._releases / copy / self._random.choice(_LOADED)).unlink()
        (self._releases / POINTER).write_text(copy)

    def spoil_pointer(self) -> None:
        """Something that is no id."""
        self._note(None)
        (self._releases / POINTER).write_bytes(b"../../etc/passwd\n")

    def remove_pointer(self) -> None:
        """As if nothing had ever been published."""
        self._note(None)
        (self._releases / POINTER).unlink(missing_ok=True)

    def _damage(self, change: Callable[[bytes], bytes]) -> None:
        folder = self._releases / self._spoil_current()
        path = folder / self._random.choice(_LOADED)
        content = change(path.read_bytes())
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(content)

    def _spoil_current(self) -> str:
        """Who has it loaded may serve it on; nobody can load it any more."""
        while len(self._good) < 2:
            self.publish()
        self._note(None)
        return self._good.pop()

    def _point(self, release_id: str) -> None:
        self._note(None)  # while it is switched either of the two is right
        switch(self._releases, release_id)
        self._note(release_id)

    def _note(self, release_id: str | None) -> None:
        self.timeline.append((time.time(), release_id))


def _example(number: int, mark: str) -> Example:
    return Example(
        id=f"e{number:03d}",
        case_id=f"case-{number}",
        target=Target.BANK,
        messages=(Message(role="user", content=f"What was revenue in {1970 + number}?"),),
        output=f"{number} million.",
        feature="qa",
        tags={"mark": mark},
        reviewer="chaos",
        decided_at="2025-01-06T09:00:00+00:00",
        candidate_id=f"c-{number}",
    )


def run(
    folder: Path, selections: int, pause_s: float, seed: int = 1, slack_s: float = SLACK_S
) -> Report:
    """So many selections in all, while the writer does something several times a second.

    `slack_s` of infinity: only the last release has to arrive, whenever that is.
    """
    releases = folder / "releases"
    releases.mkdir(parents=True)
    writer = Writer(releases, seed)
    writer.publish()
    readers = [_start(releases, selections // PROCESSES, pause_s) for _ in range(PROCESSES)]
    dice = random.Random(seed)
    while len(list(folder.glob("done-*"))) + sum(r.poll() is not None for r in readers) < PROCESSES:
        whole = writer.timeline[-1][1] is not None
        time.sleep(dice.choice((0.05, 0.2, *([REFRESH_S + SLACK_S + 0.5] * 2 if whole else []))))
        writer.step()
    last = writer.publish()
    (folder / "last.new").write_text(last)
    (folder / "last.new").rename(folder / "last")
    report = Report(selections=selections, switches=len(writer.timeline))
    for reader in readers:
        output, errors = reader.communicate()
        if reader.returncode:
            report.faults.append(f"a reader died with {reader.returncode}: {errors[-500:]}")
        else:
            _judge(report, json.loads(output), _settled(writer.timeline, slack_s))
    return report


def _start(releases: Path, selections: int, pause_s: float) -> "subprocess.Popen[str]":
    values = (str(releases), str(selections), str(pause_s), str(REFRESH_S))
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.chaos_reader", *values],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )


def _judge(
    report: Report, seen: dict[str, Any], settled: Sequence[tuple[float, float, str]]
) -> None:
    report.faults += seen["exceptions"]
    report.swaps += seen["metrics"].get("refreshes", 0)
    report.refused += sum(n for name, n in seen["metrics"].items() if name.startswith("refused_"))
    if not seen["arrived"]:
        report.faults.append("the last release was never served")
    if seen["mixed"]:
        report.faults.append(f"{seen['mixed']} selections were of mixed releases")
    if seen["handles"] > 2:
        report.faults.append(f"{seen['handles']} more file handles than after a third")
    if seen["memory_kb"] > _GROWTH_KB:
        report.faults.append(f"{seen['memory_kb']} KB more memory than after a third")
    _judge_freshness(report, seen["served"], settled)


def _judge_freshness(
    report: Report,
    served: Sequence[tuple[float, float, str | None]],
    settled: Sequence[tuple[float, float, str]],
) -> None:
    for since, until, release in settled:
        for first, last, found in served:
            overlap = min(last, until) - max(first, since)
            if overlap <= 0:
                continue
            report.checked_s += overlap
            if found != release:
                report.faults.append(f"{found} was served {overlap:.2f} s too long")


def _settled(
    timeline: Sequence[tuple[float, str | None]], slack_s: float
) -> list[tuple[float, float, str]]:
    """When a release had been current for a poll interval, until when, and which."""
    spans = []
    for (since, release), (until, _) in pairwise(timeline):
        settled = since + REFRESH_S + slack_s
        if release is not None and settled < until:
            spans.append((settled, until, release))
    return spans


def main() -> int:
    """Print what was tried and what went wrong; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--selections", type=int, default=100_000)
    parser.add_argument("--pause", type=float, default=0.002, help="seconds after each")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    go_offline()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), arguments.selections, arguments.pause, arguments.seed)
    print(
        f"{report.selections:,} selections by {PROCESSES} processes; {report.switches} changes of "
        f"the pointer, {report.swaps} releases taken, {report.refused} refused; "
        f"{report.checked_s:.0f} process-seconds held against the pointer"
    )
    print("\n".join(sorted(set(report.faults))) or "no fault")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
