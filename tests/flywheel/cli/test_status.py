"""`flywheel status`: the counts, and what scrubbing did."""

from pathlib import Path

from tests.flywheel.cli.conftest import Run
from tests.streams import PLANTED, stream, write


def test_an_empty_home_shows_counts_alone(run: Run) -> None:
    """Nothing was scrubbed: no second table."""
    done = run("status")
    assert done.code == 0
    assert "Personal data" not in done.out


def test_personal_data_is_shown_by_type_with_the_canaries(run: Run, tmp_path: Path) -> None:
    """Within 80 columns; types that were only planted stand below those that were found."""
    run("ingest", write(tmp_path / "a.jsonl", stream(12)))
    done = run("status")
    assert max(map(len, done.out.splitlines())) <= 80
    rows = [line.replace("│", " ").split() for line in done.out.splitlines()]
    shown = {row[0]: row[1:] for row in rows if len(row) == 3}
    assert shown["IBAN_CODE"] == ["4", "100%"]
    assert shown["US_SSN"] == ["0", "100%"]
    assert list(shown).index("IBAN_CODE") < list(shown).index("US_SSN")
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
