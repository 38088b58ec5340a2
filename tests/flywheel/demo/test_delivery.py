"""Delivery: log files with late, resent, orphaned and broken lines, counted exactly."""

import gzip
import json
from pathlib import Path

import pytest

from flywheel.demo.delivery import Delivered, deliver
from flywheel.demo.simulation import simulate


def _lines(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        found += (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    return found


def _events(lines: list[bytes]) -> list[dict[str, str]]:
    events = []
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Delivered, Path]:
    """One week's logs."""
    folder = tmp_path_factory.mktemp("logs")
    return deliver(simulate(1), folder), folder


def test_the_same_seed_writes_the_same_bytes(
    tmp_path: Path, delivered: tuple[Delivered, Path]
) -> None:
    """Compressed files too."""
    deliver(simulate(1), tmp_path / "again")
    first = {path.name: path.read_bytes() for path in delivered[1].iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert {Path(name).suffix for name in first} == {".jsonl", ".gz"}


def test_the_counts_are_those_of_the_files(delivered: tuple[Delivered, Path]) -> None:
    """Lines, different ids of each type, and lines sent again."""
    counts, folder = delivered
    lines = _lines(folder)
    good = [e for e in _events(lines) if str(e.get("id", "")).startswith(("msg-", "fb-"))]
    assert counts.lines == len(lines)
    assert counts.files == len(list(folder.iterdir()))
    for kind, count in (("interaction", counts.interactions), ("feedback", counts.feedback)):
        assert len({e["id"] for e in good if e["type"] == kind}) == count
    assert len(good) - len({e["id"] for e in good}) == counts.resent
    assert len(lines) - len(good) == counts.broken


def test_orphans_name_answers_that_never_come(delivered: tuple[Delivered, Path]) -> None:
    """As many as stated."""
    counts, folder = delivered
    events = _events(_lines(folder))
    answers = {e["id"] for e in events if e["type"] == "interaction"}
    orphans = {
        e["id"]
        for e in events
        if e["type"] == "feedback" and e["id"].startswith("fb-")
        and e["interaction_id"] not in answers
    }  # fmt: skip
    assert len(orphans) == counts.orphans > 0


def test_some_feedback_comes_before_its_answer(delivered: tuple[Delivered, Path]) -> None:
    """And some long after it."""
    seen: dict[str, int] = {}
    early = late = 0
    for place, event in enumerate(_events(_lines(delivered[1]))):
        if event["type"] == "interaction":
            seen.setdefault(event["id"], place)
        elif event.get("interaction_id", "") not in seen:
            early += 1
        else:
            late += place - seen[event["interaction_id"]] > 100
    assert early > 10
    assert late > 5
