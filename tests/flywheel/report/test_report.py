"""The gate report in its four forms."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from rich.console import Console

from flywheel.report import show_report, write_reports
from flywheel.report.forest import draw_forest
from flywheel.report.html import render_html
from flywheel.report.junit import render_junit
from schemas.evaluation import GateReport, GateVerdict
from tests.flywheel.report.reports import make_report


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(page)
    return parser.tags


def test_the_page_stands_by_itself() -> None:
    """No script, no link, no picture from elsewhere: it can be mailed."""
    tags = _tags(render_html(make_report()))
    assert not {name for name, _ in tags} & {"script", "link", "img", "iframe", "object"}
    assert not [a for _, a in tags if {"src", "href", "onload", "onclick"} & a.keys()]
    assert "url(" not in render_html(make_report())


def test_everything_on_the_page_is_escaped() -> None:
    """Answers, questions and tags are text, never markup and never a template."""
    page = render_html(make_report())
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_the_page_says_what_broke_and_shows_the_lost_cases() -> None:
    """The verdict, the slice, each case by id with both answers, what was not run."""
    page = render_html(make_report())
    for text in ("Regression", "<b>region=Europe</b>", "c19", "wrong row", "not run", "HTTP 500"):
        assert text in page, text


@pytest.mark.parametrize("lost", [0, 2, 30, 60])
def test_every_mark_is_inside_the_plot(lost: int) -> None:
    """Intervals, zero and margin; the whole first."""
    report = make_report(lost)
    assert report.whole
    forest = draw_forest([report.whole, *report.slices], report.margin)
    assert forest.marks[0].kind == "whole"
    for mark in forest.marks:
        assert forest.left <= mark.low <= mark.point <= mark.high <= forest.right
        assert forest.top < mark.y < forest.bottom
    assert forest.left <= forest.margin < forest.zero <= forest.right
    assert 2 <= len(forest.ticks) <= 9


def test_junit_fails_for_the_verdict_and_its_slices() -> None:
    """A build server shows a regression as failures, few cases as skipped."""
    (suite,) = JUnitXml.fromstring(render_junit(make_report()))
    results = {test.name: test.result for test in suite}
    assert isinstance(results["verdict"][0], Failure)
    assert isinstance(results["region=Europe"][0], Failure)
    assert isinstance(results["few=a"][0], Skipped)
    assert results["region=elsewhere"] == []
    assert suite.failures >= 2


def test_junit_of_a_pass_has_no_failure_and_of_no_verdict_an_error() -> None:
    """Inconclusive is never green."""
    (suite,) = JUnitXml.fromstring(render_junit(make_report(0)))
    assert (suite.failures, suite.errors) == (0, 0)
    unsure = make_report(2)
    assert unsure.verdict is GateVerdict.INCONCLUSIVE
    (suite,) = JUnitXml.fromstring(render_junit(unsure))
    assert isinstance(next(iter(suite)).result[0], Error)


def test_the_table_fits_eighty_columns() -> None:
    """Verdict first, slices by harm, what was not run, what is missing and why."""
    report = make_report()
    out = io.StringIO()
    show_report(report, Console(file=out, width=80, force_terminal=False))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith(" REGRESSION ")
    text = out.getvalue()
    assert re.search(r"✗ region=Europe +30 +100 +0 +-100\.0 +-100\.0 \.\. -100\.0", text)
    assert re.search(r"judge\.tone .* not run", text)
    assert "candidate: 1 of 60 answers missing: HTTP 500" in text


def test_three_files_and_the_report_knows_them(tmp_path: Path) -> None:
    """The JSON is the report itself, its files included."""
    report = write_reports(make_report(), tmp_path / "reports" / "x")
    assert {Path(path).name for path in report.reports.values()} == {
        "report.json",
        "junit.xml",
        "report.html",
    }
    stored = Path(report.reports["json"]).read_text("utf-8")
    assert GateReport.model_validate_json(stored) == report
