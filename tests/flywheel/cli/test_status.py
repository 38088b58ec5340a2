"""`flywheel status`: the counts, and what scrubbing did."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from flywheel.cli import status
from flywheel.steps.scrubbing import ScrubStatus
from tests.flywheel.cli.conftest import Run
from tests.streams import PLANTED, stream, write


def test_an_empty_home_shows_counts_alone(run: Run) -> None:
    """Nothing was scrubbed: no second table."""
    done = run("status")
    assert done.code == 0
    assert "Personal data" not in done.out
    assert "Next: flywheel ingest" in done.out, "the home may be a wrong one"


def test_personal_data_is_shown_by_type_with_the_canaries(run: Run, tmp_path: Path) -> None:
    """Within 80 columns; types that were only planted are told in a sentence, and all in JSON."""
    run("ingest", write(tmp_path / "a.jsonl", stream(12)))
    done = run("status")
    assert max(map(len, done.out.splitlines())) <= 80
    rows = [line.replace("│", " ").split() for line in done.out.splitlines()]
    shown = {row[0]: row[1:] for row in rows if len(row) == 3}
    assert shown["IBAN_CODE"] == ["4", "100%"]
    assert "US_SSN" not in shown
    assert not [row for row in shown.values() if row == ["0", "100%"]]
    recall = run("status", "--json").json["personal_data"]["canary_recall"]
    assert recall["US_SSN"] == 1.0
    quiet = len(recall) - sum(row[1:] == ["100%"] for row in shown.values())
    assert f"Nothing was taken out of {quiet} types, and no planted one was missed." in done.out
    assert not [planted for planted in PLANTED if planted in done.out]


def test_as_json_the_counts_keep_their_keys(run: Run, tmp_path: Path) -> None:
    """What was there before is there still; personal data stands under a key of its own."""
    run("ingest", write(tmp_path / "a.jsonl", stream(12)))
    status = run("status", "--json").json
    assert list(status)[:3] == ["interactions", "feedback", "orphan_feedback"]
    scrubbing = status["personal_data"]
    assert set(scrubbing["canary_recall"].values()) == {1.0}
    assert len(scrubbing["versions"]) == 1
    assert {"type": "IBAN_CODE", "field": "comment", "count": 4} in scrubbing["taken_out"]


def test_the_funnel_by_source_and_by_run_adds_up(run: Run, tmp_path: Path) -> None:
    """A row each, the sum below; within 80 columns, and as JSON under a key of its own."""
    lines = stream(12)
    run("ingest", write(tmp_path / "a.jsonl", lines[:20]))
    run("ingest", write(tmp_path / "b.jsonl", lines[20:]), tmp_path / "a.jsonl")
    for by, names in (("source", 2), ("run", 2)):
        done = run("status", "--by", by)
        assert done.code == 0 and max(map(len, done.out.splitlines())) <= 80
        status = run("status", "--by", by, "--json").json
        rows = status[f"by_{by}"]
        assert len({row["name"] for row in rows}) == len(rows) == names
        for name, total in status["funnel"].items():
            assert sum(row[name] for row in rows) == total
        assert status["funnel"]["read"] == len(lines)
        shown = [line.replace("│", " ").split() for line in done.out.splitlines()]
        assert ["all", *map(str, status["funnel"].values())] in shown
    wrong = run("status", "--by", "moon")
    assert wrong.code == 2 and "moon" in wrong.err


def test_counts_have_separators_and_a_missed_canary_is_always_shown() -> None:
    """What is looked at first is read at once."""
    console = Console(width=80, record=True, file=StringIO())
    scrubbing = ScrubStatus(taken_out=(), canary_recall={"URL": 1.0, "US_SSN": 0.5}, versions=())
    status._show_scrubbing(scrubbing, console)
    shown = console.export_text()
    assert "US_SSN" in shown and "50%" in shown and "URL" not in shown
    assert [status._said(n) for n in (1234567, 0, None, "dd959e3b")] == [
        "1,234,567", "0", "–", "dd959e3b",
    ]  # fmt: skip
