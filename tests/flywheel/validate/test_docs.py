"""Data Docs: static, of counts, of one run, loading nothing from outside."""

import re
from pathlib import Path

from flywheel.settings import IngestSettings
from flywheel.validate import build_data_docs, validate_feedback, validate_interactions
from flywheel.validate.ledger import read_counts
from tests.flywheel.validate.frames import NOW, feedback, interactions

SETTINGS = IngestSettings()


def test_without_a_batch_there_are_no_pages(tmp_path: Path) -> None:
    """None, and no empty folder."""
    assert build_data_docs(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_index_shows_the_counts_of_both_suites(tmp_path: Path) -> None:
    """Summed over the run's batches, and it links to each suite's page."""
    validate_interactions(interactions({}, {"cost_usd": -1.0}), SETTINGS, tmp_path, NOW)
    validate_interactions(interactions({}), SETTINGS, tmp_path, NOW)
    validate_feedback(feedback({}), SETTINGS, tmp_path, NOW)
    index = build_data_docs(tmp_path)
    assert index == tmp_path / "data_docs" / "index.html"
    page = index.read_text()
    row = re.search(r"between\(cost_usd\)</td><td[^>]*>(\d+)</td><td[^>]*>(\d+)<", page)
    assert row is not None
    assert row.groups() == ("3", "1")
    assert "interactions: 1 of 11 expectations failed" in page
    assert "feedback: all hold" in page
    for link in re.findall(r'href="([^"]+)"', page):
        assert (index.parent / link).is_file()


def test_the_librarys_pages_are_there(tmp_path: Path) -> None:
    """Great Expectations' own page of the suite, with the share that failed."""
    validate_feedback(feedback({}, {"value": 0.0}), SETTINGS, tmp_path, NOW)
    index = build_data_docs(tmp_path)
    assert index is not None
    [page] = index.parent.glob("validations/feedback/**/*.html")
    assert "Expectation Validation Result" in page.read_text()
    assert "50% unexpected" in page.read_text()


def test_no_page_loads_anything_from_outside(tmp_path: Path) -> None:
    """No script, style or picture of another host; a policy forbids the rest."""
    validate_interactions(interactions({}), SETTINGS, tmp_path, NOW)
    index = build_data_docs(tmp_path)
    assert index is not None
    for page in index.parent.rglob("*.html"):
        text = page.read_text()
        assert "Content-Security-Policy" in text
        assert (
            re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']https?:", text) == []
        )


def test_no_page_holds_a_value(tmp_path: Path) -> None:
    """Not of the rows that passed, nor of those that failed."""
    rows = [{"id": "jane@example.com", "output": "call (406) 555-0183"}, {"tenant": "Xanadu"}]
    validate_interactions(interactions(*rows), SETTINGS, tmp_path, NOW)
    build_data_docs(tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not any(value in text for value in ("jane", "555-0183", "Xanadu", "1,452.4"))


def test_the_next_run_starts_anew(tmp_path: Path) -> None:
    """Counts are of the latest run; a suite that it did not touch stays on the page."""
    validate_interactions(interactions({}, {}), SETTINGS, tmp_path, NOW)
    validate_feedback(feedback({}), SETTINGS, tmp_path, NOW)
    build_data_docs(tmp_path)
    validate_interactions(interactions({}), SETTINGS, tmp_path, NOW)
    counts = read_counts(tmp_path)
    assert {entry["checked"] for entry in counts["interactions"].values()} == {1}
    assert {entry["checked"] for entry in counts["feedback"].values()} == {1}
    first, second = build_data_docs(tmp_path), build_data_docs(tmp_path)
    assert first == second
    assert len(list((tmp_path / "data_docs").glob("validations/*/**/*.html"))) == 2


def test_a_damaged_count_is_started_anew(tmp_path: Path) -> None:
    """Counts are for people; the run does not stop for them."""
    (tmp_path / "gx").mkdir()
    (tmp_path / "gx" / "feedback.json").write_text("{half")
    validate_feedback(feedback({}), SETTINGS, tmp_path, NOW)
    assert set(read_counts(tmp_path)) == {"feedback"}
