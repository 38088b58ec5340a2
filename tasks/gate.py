"""Evaluates a candidate against a baseline, and shows the gate's report in the UI."""

from typing import TYPE_CHECKING, Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact

from flywheel.settings import Settings
from schemas.evaluation import Estimate, GateReport, GateVerdict, ScorerSummary
from tasks.guard import guarded
from tasks.retry import RETRIES, may_help
from tasks.run import Progress, short_path

if TYPE_CHECKING:
    from flywheel.steps.evaluate import EvaluateOptions

_SLICES_SHOWN: Final = 40
_HEADLINE: Final = {
    GateVerdict.PASS: "Passed",
    GateVerdict.REGRESSION: "Regression",
    GateVerdict.INCONCLUSIVE: "Inconclusive",
}


@task(
    name="evaluate candidate",
    task_run_name="evaluate candidate",
    persist_result=False,
    retry_condition_fn=may_help,
    **RETRIES,
)
@guarded
def evaluate_candidate(settings: Settings, options: "EvaluateOptions") -> GateReport:
    """Ask every golden case of candidate and baseline, score, compare.

    Answers are stored as they come: another try asks only what is missing.
    """
    from flywheel.steps.evaluate import run_evaluate

    with Progress("Answers", 1.0) as progress:
        report = run_evaluate(settings, options, progress=progress.step)
    get_run_logger().info(
        "%s: %d cases, %d paired, %.1f%% errors",
        report.verdict,
        report.cases,
        report.paired,
        100 * report.error_share,
    )
    return report


@task(name="show gate report", task_run_name="show gate report", persist_result=False)
@guarded
def show_gate(report: GateReport) -> None:
    """Artifact: verdict, slices, scorers and where the report's files are."""
    create_markdown_artifact(
        key="gate-report",
        markdown=draw_gate(report),
        description=f"{_HEADLINE[report.verdict]}: {report.reason}",
    )


def draw_gate(report: GateReport) -> str:
    """The gate's page as Markdown. No case's text: that is in the HTML report."""
    sections = (
        [f"# {_HEADLINE[report.verdict]}: `{report.candidate}` against `{report.baseline}`"],
        _critical(report),
        _slices(report),
        _facts(report),
        _scorers(report.scorers),
        ["## Notes", "", *(f"- {note}" for note in report.notes)] if report.notes else [],
        _files(report),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _facts(report: GateReport) -> list[str]:
    return [
        f"- Prompt `{report.prompt}`, version `{report.prompt_version}`",
        f"- Golden set of release `{report.release_id or 'none'}`: {report.cases} cases, "
        f"{report.paired} with an answer on both sides, {report.error_share:.1%} errors",
        f"- Margin {100 * report.margin:g} points of quality, {report.confidence:.0%} confidence",
    ]


def _critical(report: GateReport) -> list[str]:
    if not report.critical:
        return []
    right = sum(case.status == "passed" for case in report.critical)
    lost = report.critical[: len(report.critical) - right]  # they stand first
    told = [
        f"- **`{case.case_id}`** {case.status}, baseline {case.baseline_status}" for case in lost
    ]
    return [f"{right} of {len(report.critical)} critical cases are right.", "", *told]


def _slices(report: GateReport) -> list[str]:
    rows = [] if report.whole is None else [report.whole]
    rows += report.slices[:_SLICES_SHOWN]
    if not rows:
        return ["Nothing could be compared."]
    lines = [
        f"Quality in percent; the difference in points, with its {report.confidence:.0%} interval.",
        "",
        "| slice | cases | baseline | candidate | difference | interval | |",
        "|---|--:|--:|--:|--:|---|---|",
        *(_row(row, row.name in report.broken_slices) for row in rows),
    ]
    left = len(report.slices) - _SLICES_SHOWN
    return [*lines, *([f"\n{left} more slices are in the HTML report."] if left > 0 else [])]


def _row(estimate: Estimate, named: bool) -> str:
    mark = "**broke**" if named else "worse" if estimate.broken else ""
    name = estimate.name.replace("|", "\\|")
    return (
        f"| {f'**{name}**' if named else name} | {estimate.cases} "
        f"| {100 * estimate.baseline:.1f} | {100 * estimate.candidate:.1f} "
        f"| {_points(estimate.difference)} "
        f"| {_points(estimate.low)} to {_points(estimate.high)} "
        f"| {mark if estimate.tested else 'too few to test'} |"
    )


def _scorers(scorers: tuple[ScorerSummary, ...]) -> list[str]:
    lines = ["## Scorers", "", "| scorer | answers | baseline | candidate |", "|---|--:|--:|--:|"]
    for scorer in scorers:
        if scorer.status == "scored":
            means = f"{_mean(scorer.baseline)} | {_mean(scorer.candidate)}"
            lines.append(f"| {scorer.scorer} | {scorer.answers} | {means} |")
        else:
            lines.append(f"| {scorer.scorer} | *{scorer.status.replace('_', ' ')}* | – | – |")
    return lines


def _files(report: GateReport) -> list[str]:
    if not report.reports:
        return []
    files = [f"- {kind}: `{short_path(path)}`" for kind, path in report.reports.items()]
    return ["## Files", "", *files]


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
