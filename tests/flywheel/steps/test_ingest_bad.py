"""Bad input is refused or quarantined with a reason, in bounded memory; its neighbours go in."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flywheel.settings import Settings
from flywheel.steps.ingest import run_ingest
from flywheel.steps.status import read_status
from flywheel.store import open_store
from tests.streams import as_line, feedback, write

GOOD = [as_line(feedback("f-1")), as_line(feedback("f-2"))]
EVENT = as_line(feedback("bad"))

LINES = {
    "deep": (EVENT[:-1] + b', "x": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "not_json"),
    "twice": (EVENT[:-1] + b', "id": "bad"}', "key_twice"),
    "nan": (EVENT[:-1] + b', "x": NaN}', "number_not_finite"),
    "infinity": (EVENT.replace(b'"value": 1', b'"value": Infinity'), "number_not_finite"),
    "surrogate": (EVENT[:-1] + b', "x": "\\ud800"}', "not_json"),
    "utf-16": (EVENT.decode().encode("utf-16"), "not_utf8"),
    "bom": (b"\xef\xbb\xbf" + EVENT, "not_json"),
    "nul": (b"\x00" * 100, "not_json"),
}


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A folder with two good lines in a file that comes last."""
    write(tmp_path / "events" / "z.jsonl", GOOD)
    return tmp_path / "events"


@pytest.mark.parametrize("name", list(LINES))
def test_a_bad_line_is_quarantined_and_its_neighbours_go_in(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    """Each with its own reason, and the funnel adds up."""
    line, reason = LINES[name]
    path = write(tmp_path / "a.jsonl", [GOOD[0], line, GOOD[1]], end=b"\r\n")
    report = run_ingest(settings, [str(path)])
    assert (report.feedback, report.reasons) == (2, {reason: 1})
    funnel = read_status(open_store(settings)).funnel.model_dump()
    assert funnel["read"] == sum(funnel.values()) - funnel["read"] == 3


def test_a_file_that_is_none_is_refused_and_the_others_go_in(
    settings: Settings, events: Path
) -> None:
    """A pipe is not waited for, a link to itself not followed for ever."""
    os.mkfifo(events / "pipe.jsonl")
    (events / "self.jsonl").symlink_to(events / "self.jsonl")
    (events / "half.parquet").write_bytes(b"PAR1 half")
    report = run_ingest(settings, [str(events)])
    assert report.feedback == 2
    assert {Path(name).name for name in report.unreadable} == {
        "pipe.jsonl",
        "self.jsonl",
        "half.parquet",
    }


def test_a_gzip_bomb_is_read_no_further(settings: Settings, events: Path) -> None:
    """The lines before it are in, and the report says why the rest is not."""
    bomb = gzip.compress(GOOD[0] + b"\n" + as_line(feedback("f-3")) + b"\n" + b" " * 2**28, 9)
    (events / "bomb.jsonl.gz").write_bytes(bomb)
    report = run_ingest(settings, [str(events)])
    assert report.feedback == 3 and report.resent == 1
    assert "unpacks to over 500 times" in report.unreadable[str(events / "bomb.jsonl.gz")]


def test_a_line_of_a_gigabyte_takes_no_memory(tmp_path: Path) -> None:
    """It is hashed as it passes, within 256 MB; and the line behind it comes."""
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.truncate(2**30)  # sparse: nothing on the disk
        file.seek(2**30)
        file.write(b"\n" + GOOD[0] + b"\n")
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from flywheel.sources.lines import Position\n"
        "from flywheel.sources.native import read_source\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "lines = list(read_source(Path(sys.argv[1]), 'jsonl', Position(), 2**23))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert after - before < 256 * 1024, after - before\n"
        "print([str(line.fault) for line in lines])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['line_too_long', 'None']"


def test_events_of_tomorrow_wait_until_the_clock_is_right(settings: Settings, events: Path) -> None:
    """A clock that ran back makes good events look late: they are put aside, not lost."""
    write(events / "a.jsonl", [as_line(feedback("f-9", time="2999-01-06T09:00:00Z"))])
    report = run_ingest(settings, [str(events)])
    assert report.feedback == 2 and report.quarantined == 1
    assert "expect_column_values_to_be_between(time)" in report.reasons
