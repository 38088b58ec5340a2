"""A gate report to draw."""

from flywheel.compare import Comparison, PairedCase, Rules, compare
from flywheel.critical import hold_critical
from schemas.evaluation import (
    AnswerCount,
    CriticalCase,
    CriticalStatus,
    GateReport,
    ScorerSummary,
    WorstCase,
)

NASTY = '<script>alert(1)</script> & "quotes" \x00 ]]> {{ 7 * 7 }}'


def make_report(lost: int = 30, cases: int = 60) -> GateReport:
    """The first `lost` cases, all European, are lost; every text is nasty."""
    pairs = [
        PairedCase(
            f"c{i}",
            f"c{i}",
            1.0,
            0.0 if i < lost else 1.0,
            (f"region={'Europe' if i < cases // 2 else 'elsewhere'}", f"tenant={NASTY}", "few=a")[
                : 3 if i < 4 else 2
            ],
        )
        for i in range(cases)
    ]
    comparison = compare(pairs, 0, Rules())
    return GateReport(
        evaluation_id="20250106T091500-ab12cd",
        prompt="earnings_qa",
        prompt_version="c21bb7c985b0",
        candidate="v2",
        baseline="golden",
        release_id=None,
        verdict=comparison.verdict,
        reason=comparison.reason,
        notes=("the judge was not run",),
        margin=0.05,
        confidence=0.95,
        repeats=1,
        cases=cases,
        paired=cases,
        error_share=0.0,
        whole=comparison.whole,
        slices=comparison.slices,
        broken_slices=comparison.broken,
        scorers=(
            _summary("numeric", "scored", 1.0, 0.5),
            _summary("judge.tone", "not_run", None, None),
        ),
        judge=None,
        variance={"candidate": None, "baseline": None},
        answers={
            "candidate": AnswerCount(
                needed=cases, asked=cases, reused=0, errors=1, reasons={"HTTP 500": 1}
            ),
            "baseline": AnswerCount(needed=cases, asked=0, reused=cases, errors=0),
        },
        worst=tuple(map(_worst, range(min(lost, 20)))),
        evaluated_at="2025-01-06T09:15:00+00:00",
    )


def _worst(i: int) -> WorstCase:
    return WorstCase(
        case_id=f"c{i}",
        slices=("region=Europe",),
        question=NASTY,
        ideal="$5",
        baseline_output="$5",
        candidate_output=NASTY,
        baseline=1.0,
        candidate=0.0,
        reason="numeric: the right number in the wrong row",
    )


def _summary(
    name: str, status: str, baseline: float | None, candidate: float | None
) -> ScorerSummary:
    return ScorerSummary.model_validate(
        {
            "scorer": name,
            "version": "1",
            "status": status,
            "answers": 0 if baseline is None else 120,
            "baseline": baseline,
            "candidate": candidate,
        }
    )


def with_critical(report: GateReport) -> GateReport:
    """The same with three critical cases: failed, unanswered, passed; every text is nasty."""
    statuses: tuple[CriticalStatus, ...] = ("failed", "unanswered", "passed")
    critical = [
        CriticalCase(
            case_id=f"critical-{status}",
            question=NASTY,
            ideal=NASTY,
            output=None if status == "unanswered" else NASTY,
            status=status,
            baseline_status="passed",
            reason=NASTY,
        )
        for status in statuses
    ]
    comparison = Comparison(report.verdict, report.reason, report.whole, report.slices, ())
    held = hold_critical(comparison, critical)
    changes = {"critical": tuple(critical), "verdict": held.verdict, "reason": held.reason}
    return report.model_copy(update=changes)
