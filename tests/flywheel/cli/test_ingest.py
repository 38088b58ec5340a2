"""`flywheel ingest`: what it prints, and how it ends."""

import os
from pathlib import Path

import pytest

from tests.flywheel.cli.conftest import Run
from tests.streams import BROKEN, PLANTED, as_line, feedback, interaction, stream, write


@pytest.fixture
def events(tmp_path: Path) -> Path:
    lines = stream(12)
    write(tmp_path / "events" / "2025-01-06T09.jsonl", lines[:20])
    write(tmp_path / "events" / "2025-01-06T10.jsonl.gz", lines[20:])
    return tmp_path / "events"


def test_a_funnel_by_source_and_the_reasons_fit_80_columns(run: Run, events: Path) -> None:
    """What was read and what became of it, sums below, what was taken out."""
    done = run("ingest", events)
    assert done.code == 0
    assert max(len(line) for line in done.out.splitlines() if "Expectations:" not in line) <= 80
    for said in ("2025-01-06T09.jsonl", "interactions", "not_json", "EMAIL_ADDRESS", "data_docs"):
        assert said in done.out
    assert not [planted for planted in PLANTED if planted in done.out + done.err]


def test_as_json_it_is_the_report(run: Run, events: Path) -> None:
    """One object; its numbers are those of `status`."""
    report = run("ingest", events, "--json").json
    assert (report["interactions"], report["feedback"], report["resent"]) == (12, 16, 1)
    assert report["malformed"] == sum(report["reasons"].values()) == len(BROKEN)
    assert [source["source"] for source in report["sources"]] == sorted(
        str(path) for path in events.iterdir()
    )
    status = run("status", "--json").json
    assert (status["interactions"], status["quarantined"]) == (12, len(BROKEN))


def test_a_second_run_says_that_nothing_changed(run: Run, events: Path) -> None:
    """One row for all sources without news."""
    run("ingest", events)
    done = run("ingest", events)
    assert "2 unchanged" in done.out and "2025-01-06T09" not in done.out


def test_what_a_person_should_know_stands_beside_the_source(run: Run, tmp_path: Path) -> None:
    """A line that is left for the next run."""
    path = write(tmp_path / "a.jsonl", [as_line(interaction())])
    path.write_bytes(path.read_bytes() + as_line(feedback())[:40])
    assert f"• {path}: 1 unfinished line left for the next run" in run("ingest", path).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "error: nowhere: no such file or folder"),
        (["s3://bucket/events"], "error: s3:// sources are not supported; give files, folders"),
        ([".", "--format", "csv"], "error: --format csv: not known; there is: native"),
        ([], "Missing argument"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(run: Run, arguments: list[str], says: str) -> None:
    """What it is and what there is instead."""
    done = run("ingest", *arguments)
    assert done.code == 2 and done.out == ""
    assert says in done.err and done.err.count("\n") == 1


def test_a_source_that_cannot_be_read_is_an_exit_2_after_the_report(run: Run, events: Path) -> None:
    """The others went in; who scripts it notices."""
    (events / "a.parquet").write_bytes(b"PAR1")
    done = run("ingest", events, "--json")
    assert done.code == 2 and done.json["interactions"] == 12
    assert "a.parquet: not a complete Parquet file" in done.err


def test_what_only_looks_like_a_file_stops_no_other(run: Run, events: Path) -> None:
    """A pipe and a link to nowhere are named like events: the rest goes in, a line for each and
    exit 2, for what somebody meant to deliver is missing."""
    os.mkfifo(events / "pipe.jsonl")
    (events / "nowhere.jsonl").symlink_to(events / "gone.jsonl")
    done = run("ingest", events, "--json")
    assert done.code == 2 and done.json["interactions"] == 12
    told = sorted(done.err.splitlines())
    assert [line.split(": cannot be read (")[-1] for line in told] == [
        "No such file or directory)",
        "not a file: a pipe, socket or device)",
    ]
    again = run("ingest", events)
    assert again.code == 2 and len(again.err.splitlines()) == 2
