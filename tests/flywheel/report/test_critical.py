"""A critical case that failed is named in each form of the report."""

import io

from junitparser import Error, Failure, JUnitXml
from rich.console import Console

from flywheel.report import show_report
from flywheel.report.html import render_html
from flywheel.report.junit import render_junit
from schemas.evaluation import GateReport, GateVerdict
from tests.flywheel.report.reports import make_report, with_critical


def _report() -> GateReport:
    return with_critical(make_report(lost=0))


def test_the_page_shows_each_with_its_answer() -> None:
    """In a section before the slices, escaped; the one that passed is counted, not shown."""
    page = render_html(_report())
    assert "Critical cases that failed" in page and "1 of 3" in page
    assert "critical-failed" in page and "critical-unanswered" in page
    assert "critical-passed" not in page
    assert "<script>" not in page and "{{ 7 * 7 }}" in page
    assert page.index("Critical cases that failed") < page.index("Candidate minus baseline")
    assert "Critical case critical-failed failed; quality" in page


def test_the_page_of_a_report_without_any_has_no_such_section() -> None:
    """Nobody is told of a thing that they do not use."""
    assert "Critical cases" not in render_html(make_report())


def test_the_build_server_gets_a_test_for_each() -> None:
    """A failure for the failed, an error for the unanswered, and the verdict fails with them."""
    suite = next(iter(JUnitXml.fromstring(render_junit(_report()))))
    tests = {test.name: test for test in suite}
    assert isinstance(tests["critical-failed"].result[0], Failure)
    assert isinstance(tests["critical-unanswered"].result[0], Error)
    assert not tests["critical-passed"].result
    assert "critical-failed failed" in tests["verdict"].result[0].message


def test_the_terminal_names_it_under_the_verdict() -> None:
    """Within 80 columns, with the question and why."""
    output = io.StringIO()
    show_report(_report(), Console(file=output, width=80, force_terminal=False))
    text = output.getvalue()
    assert "✗ critical case critical-failed failed; the baseline passed" in text
    assert "✗ critical case critical-unanswered got no answer" in text
    assert max(map(len, text.splitlines())) <= 80
    assert _report().verdict is GateVerdict.REGRESSION
