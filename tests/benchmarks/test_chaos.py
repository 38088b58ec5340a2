"""The client under a writer's worst day, in short; `make chaos` is the long version."""

import math
from pathlib import Path

import pytest

from benchmarks import chaos


def test_no_reader_notices_what_the_writer_does(tmp_path: Path) -> None:
    """No exception, no mixed release, no growth, and all are at the last release in the end."""
    report = chaos.run(tmp_path / "home", 1000, 0.01, slack_s=math.inf)
    assert report.faults == []
    assert report.switches > 2
    assert report.swaps >= 2 * chaos.PROCESSES


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ({"exceptions": ["Boom"]}, "Boom"),
        ({"mixed": 2}, "mixed"),
        ({"handles": 9}, "handles"),
        ({"memory_kb": 10**6}, "memory"),
        ({"arrived": False}, "never served"),
        ({"served": [(0, 9, "old")]}, "too long"),
    ],
)
def test_each_fault_is_seen(seen: dict[str, object], fault: str) -> None:
    """A judge that lets everything pass would make the run worthless."""
    fine = {
        "served": [(0, 9, "new")],
        "exceptions": [],
        "mixed": 0,
        "handles": 0,
        "memory_kb": 0,
        "arrived": True,
        "metrics": {"refreshes": 1, "refused_damaged": 2},
    }
    settled = chaos._settled([(0, "new"), (9, None)], 0)
    report = chaos.Report()
    chaos._judge(report, fine, settled)
    assert (report.faults, report.swaps, report.refused) == ([], 1, 2)
    assert report.checked_s == pytest.approx(9 - chaos.REFRESH_S)
    chaos._judge(report, fine | seen, settled)
    assert len(report.faults) == 1
    assert fault in report.faults[0]
