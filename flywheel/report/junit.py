"""The verdict as JUnit XML: a test for the whole, each critical case, slice and lost case."""

import re
from typing import Final

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from schemas.evaluation import CriticalCase, Estimate, GateReport, GateVerdict

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: GateReport) -> bytes:
    """A build server fails on a regression and on an inconclusive gate, and shows why."""
    suite = TestSuite(_xml(f"gate: {report.prompt}, {report.candidate}"))
    suite.timestamp = report.evaluated_at
    for name in ("evaluation_id", "prompt_version", "baseline", "release_id", "reason"):
        suite.add_property(name, _xml(str(getattr(report, name))))
    suite.add_testcase(_verdict(report))
    for critical in report.critical:
        suite.add_testcase(_critical(critical))
    for estimate in report.slices:
        suite.add_testcase(_slice(estimate, report.margin))
    for case in report.worst:
        test = TestCase(_xml(case.case_id), classname="gate.lost_cases")
        # A lost case is a finding, not a failed gate: the verdict alone fails the build.
        test.system_out = _xml(f"{case.question}\n{case.reason}")
        suite.add_testcase(test)
    xml = JUnitXml("flywheel evaluate")
    xml.add_testsuite(suite)
    return bytes(xml.tostring())  # type: ignore[no-untyped-call]  # junitparser has no types


def _verdict(report: GateReport) -> TestCase:
    test = TestCase("verdict", classname="gate")
    if report.verdict is GateVerdict.REGRESSION:
        test.result = [Failure(_xml(report.reason), "regression")]
    elif report.verdict is GateVerdict.INCONCLUSIVE:
        test.result = [Error(_xml(report.reason), "inconclusive")]
    return test


def _critical(case: CriticalCase) -> TestCase:
    test = TestCase(_xml(case.case_id), classname="gate.critical_cases")
    if case.status == "failed":
        test.result = [Failure(_xml(case.reason), "critical")]
    elif case.status == "unanswered":
        test.result = [Error(_xml(case.reason), "unanswered")]
    test.system_out = _xml(f"{case.question}\nthe baseline: {case.baseline_status}")
    return test


def _slice(estimate: Estimate, margin: float) -> TestCase:
    test = TestCase(_xml(estimate.name), classname="gate.slices")
    text = f"{estimate.difference:+.1%} [{estimate.low:+.1%}, {estimate.high:+.1%}]"
    if estimate.broken:
        test.result = [Failure(f"{text}: below the margin of -{margin:.0%}", "regression")]
    elif not estimate.tested:
        test.result = [Skipped(f"{estimate.cases} cases are too few to tell ({text})")]
    return test


def _xml(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
