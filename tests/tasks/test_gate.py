"""The gate's page, drawn from reports."""

from typing import Any

import pytest

from flows.evaluate import verdict_state
from schemas.evaluation import (
    AnswerCount,
    Estimate,
    GateReport,
    GateVerdict,
    ScorerSummary,
    WorstCase,
)
from tasks.gate import draw_gate

SECRET = "What did the Ostrava plant earn?"


def _estimate(name: str, difference: float, **keys: Any) -> Estimate:
    values = {"cases": 20, "baseline": 0.9, "candidate": 0.9 + difference} | keys
    edges = {"low": difference - 0.04, "high": difference + 0.04}
    return Estimate(name=name, difference=difference, **edges, **values)


_SCORERS = (
    ScorerSummary(
        scorer="numeric",
        version="1",
        status="scored",
        answers=80,
        baseline=0.9,
        candidate=0.75,
    ),
    ScorerSummary(
        scorer="judge",
        version="1",
        status="not_run",
        answers=0,
        baseline=None,
        candidate=None,
    ),
)


def _report(verdict: GateVerdict = GateVerdict.REGRESSION, **keys: Any) -> GateReport:
    values: dict[str, Any] = {
        "evaluation_id": "e-1",
        "prompt": "earnings_qa",
        "prompt_version": "abc",
        "candidate": "v2",
        "baseline": "golden",
        "release_id": "r-1",
        "verdict": verdict,
        "reason": "quality −30 points; what broke: region=europe",
        "notes": ("the judge was not run",),
        "margin": 0.05,
        "confidence": 0.95,
        "repeats": 1,
        "cases": 40,
        "paired": 40,
        "error_share": 0.0,
        "whole": _estimate("whole", -0.15),
        "slices": (
            _estimate("region=europe", -0.3, broken=True),
            _estimate("feature=qa", -0.15, broken=True),
            _estimate("region=asia", 0.0, tested=False, cases=3),
        ),
        "broken_slices": ("region=europe",),
        "scorers": _SCORERS,
        "judge": None,
        "variance": {"candidate": None, "baseline": None},
        "answers": {
            side: AnswerCount(needed=40, asked=40, reused=0, errors=0)
            for side in ("candidate", "baseline")
        },
        "worst": (
            WorstCase(
                case_id="c-1",
                slices=("region=europe",),
                question=SECRET,
                ideal=SECRET,
                baseline_output=SECRET,
                candidate_output=SECRET,
                baseline=1.0,
                candidate=0.0,
                reason=SECRET,
            ),
        ),
        "reports": {"html": "data/run/reports/e-1/gate.html"},
        "evaluated_at": "2025-01-06T09:00:00+00:00",
    }
    return GateReport(**values | keys)


def test_the_slice_that_broke_stands_out() -> None:
    """It is named and marked; one that is only dragged along is `worse`."""
    page = draw_gate(_report())
    assert "# Regression: `v2` against `golden`" in page
    assert "| **region=europe** | 20 | 90.0 | 60.0 | −30.0 | −34.0 to −26.0 | **broke** |" in page
    assert "| feature=qa | 20 | 90.0 | 75.0 | −15.0 | −19.0 to −11.0 | worse |" in page


def test_what_was_not_tested_or_not_run_is_said() -> None:
    """Neither a small slice nor a missing judge looks like a pass."""
    page = draw_gate(_report())
    assert "| too few to test |" in page
    assert "| judge | *not run* |" in page
    assert "- the judge was not run" in page


def test_no_cases_text_is_on_the_page() -> None:
    """The worst cases are in the HTML report, whose path is given."""
    page = draw_gate(_report())
    assert SECRET not in page
    assert "`data/run/reports/e-1/gate.html`" in page


def test_a_report_without_comparison_says_so() -> None:
    """An inconclusive run has a page as well."""
    page = draw_gate(_report(GateVerdict.INCONCLUSIVE, whole=None, slices=(), broken_slices=()))
    assert "# Inconclusive" in page
    assert "Nothing could be compared." in page


def test_a_hundred_slices_are_cut_and_counted() -> None:
    """The page stays readable; the rest is in the HTML report."""
    slices = tuple(_estimate(f"tenant={n}", 0.0) for n in range(100))
    page = draw_gate(_report(GateVerdict.PASS, slices=slices, broken_slices=()))
    assert "60 more slices are in the HTML report" in page


def test_a_slices_name_cannot_break_the_table() -> None:
    """Tags are users' words: a bar in one is escaped."""
    page = draw_gate(_report(slices=(_estimate("team=a|b", 0.0),)))
    assert "team=a\\|b" in page


@pytest.mark.parametrize(
    ("verdict", "name", "failed"),
    [
        (GateVerdict.PASS, "Completed", False),
        (GateVerdict.REGRESSION, "Failed", True),
        (GateVerdict.INCONCLUSIVE, "Inconclusive", True),
    ],
)
def test_a_verdict_is_a_state(verdict: GateVerdict, name: str, failed: bool) -> None:
    """An inconclusive gate is no pass: whoever watches failed runs sees it."""
    state = verdict_state(_report(verdict))
    assert (state.name, state.is_failed()) == (name, failed)
    assert (state.message or "").startswith(f"{verdict}: ")


def test_a_broken_slice_is_named_even_where_the_reason_leaves_it_out() -> None:
    """The message is what a pager shows."""
    state = verdict_state(_report(reason="worse than the margin"))
    assert "region=europe" in (state.message or "")
