"""How events reach us: late, twice, broken, orphaned; written as the app's own logs."""

import gzip
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from flywheel.demo.seeds import chance, seeds
from flywheel.demo.simulation import Event, Simulation, interaction_event
from flywheel.demo.week import MONDAY_NINE

Line = tuple[datetime, bytes]
"""When it arrived, and its bytes without the end of line."""

_BROKEN: Final = {
    "cut off": b'{"type": "interaction", "id": "msg-cut", "time": "2025-03-0',
    "no offset": b'{"type": "feedback", "id": "b1", "time": "2025-03-08T10:00:00", '
    b'"interaction_id": "msg-0001", "signal": "share"}',
    "no value": b'{"type": "feedback", "id": "b2", "time": "2025-03-08T10:00:00Z", '
    b'"interaction_id": "msg-0001", "signal": "thumbs"}',
    "no such signal": b'{"type": "feedback", "id": "b3", "time": "2025-03-08T10:00:00Z", '
    b'"interaction_id": "msg-0001", "signal": "applause"}',
    "no messages": b'{"type": "interaction", "id": "b4", "time": "2025-03-09T10:00:00Z", '
    b'"messages": [], "output": "?"}',
    "a list": b"[1, 2, 3]",
    "not UTF-8": b'{"type": "feedback", "id": "b5\xff"}',
    "empty comment": b'{"type": "feedback", "id": "b6", "time": "2025-03-09T10:00:00Z", '
    b'"interaction_id": "msg-0001", "signal": "comment", "comment": " "}',
    "years ahead": b'{"type": "feedback", "id": "b7", "time": "2095-01-01T00:00:00Z", '
    b'"interaction_id": "msg-0001", "signal": "share"}',
    "clock never set": b'{"type": "feedback", "id": "b8", "time": "1970-01-01T00:00:00Z", '
    b'"interaction_id": "msg-0001", "signal": "share"}',
}
"""Lines that have to end in quarantine, each for a reason of its own."""


@dataclass(frozen=True)
class Delivered:
    """What was put on the wire: what the store has to show afterwards."""

    files: int
    lines: int
    interactions: int
    feedback: int
    orphans: int
    resent: int
    duplicates: int
    broken: int


def deliver(simulation: Simulation, folder: Path) -> Delivered:
    """Write the week's lines into `folder`, half a day a file; the same seed, the same bytes."""
    random = chance(simulation.seed, "delivery")
    shares: dict[str, int] = seeds("behaviour")["delivery"]
    answers = [interaction_event(one) for one in simulation.asked]
    retried = [_retry(event) for event in random.sample(answers, shares["retried"])]
    orphans = [
        event | {"id": f"{event['id']}-lost", "interaction_id": f"msg-lost-{index}"}
        for index, event in enumerate(random.sample(simulation.feedback, shares["orphans"]))
    ]
    lines = [_line(event) for event in answers + retried]
    lines += _some_late(random, [_line(event) for event in simulation.feedback], shares["late"])
    lines += [_line(event) for event in orphans]
    again = [
        (time + timedelta(minutes=random.randint(1, 90)), data)
        for time, data in random.sample(lines, shares["resent"])
    ]
    start, end = min(lines)[0], max(lines)[0]
    broken = [(start + (end - start) * random.random(), data) for data in _BROKEN.values()]
    now = MONDAY_NINE - timedelta(seconds=1)
    everything = sorted((min(time, now), data) for time, data in lines + again + broken)
    return Delivered(
        files=_write_logs(everything, folder),
        lines=len(everything),
        interactions=len(answers) + len(retried),
        feedback=len(simulation.feedback) + len(orphans),
        orphans=len(orphans),
        resent=len(again),
        duplicates=len(retried),
        broken=len(broken),
    )


def _retry(event: Event) -> Event:
    time = datetime.fromisoformat(event["time"]) + timedelta(seconds=3)
    return event | {"id": f"{event['id']}-retry", "time": time.isoformat()}


def _some_late(random: Random, lines: list[Line], count: int) -> list[Line]:
    """Move some lines: a few before their answer, more of them hours after it."""
    late = set(random.sample(range(len(lines)), min(count, len(lines))))
    return [
        (time + timedelta(minutes=random.randint(-60, 300)), data)
        if index in late
        else (time, data)
        for index, (time, data) in enumerate(lines)
    ]


def _line(event: dict[str, Any]) -> Line:
    time = datetime.fromisoformat(event["time"])
    return time, json.dumps(event, ensure_ascii=False).encode()


def _write_logs(lines: list[Line], folder: Path) -> int:
    halves: dict[str, list[bytes]] = {}
    for time, data in lines:
        halves.setdefault(f"{time:%Y-%m-%d}-{'am' if time.hour < 12 else 'pm'}", []).append(data)
    folder.mkdir(parents=True, exist_ok=True)
    for index, (half, part) in enumerate(sorted(halves.items())):
        data = b"\n".join(part) + b"\n"
        if index % 4 == 3:  # logs that were rotated are compressed
            (folder / f"{half}.jsonl.gz").write_bytes(gzip.compress(data, mtime=0))
        else:
            (folder / f"{half}.jsonl").write_bytes(data)
    return len(halves)
