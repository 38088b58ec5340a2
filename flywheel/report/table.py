"""A gate report in a terminal of 80 columns."""

from typing import Final

from rich.box import SIMPLE_HEAVY
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.evaluation import CriticalCase, Estimate, GateReport, GateVerdict, ScorerSummary

_STYLE: Final = {
    GateVerdict.PASS: "bold white on green",
    GateVerdict.REGRESSION: "bold white on red",
    GateVerdict.INCONCLUSIVE: "bold black on yellow",
}
_ROWS: Final = 15


def show_report(report: GateReport, console: Console) -> None:
    """Verdict first, then the whole and its slices, most harmed first, then the scorers."""
    verdict = Text(f" {report.verdict.value.upper()} ", style=_STYLE[report.verdict])
    console.print(verdict, Text(report.reason))
    console.print(
        Text(
            f"{report.candidate} against {report.baseline} on {report.paired} of {report.cases} "
            f"golden cases, prompt {report.prompt} ({report.prompt_version})",
            style="dim",
        )
    )
    for case in [case for case in report.critical if case.status != "passed"][:_ROWS]:
        console.print(_critical(case))
    console.print(_differences(report))
    if len(report.slices) > _ROWS:
        console.print(
            f"... and {len(report.slices) - _ROWS} more slices in the report", style="dim"
        )
    console.print(_scorers(report))
    for line in _remarks(report):
        console.print(Text(f"- {line}"))
    if "html" in report.reports:
        console.print(Text(f"Open {report.reports['html']}", style="bold"), soft_wrap=True)


def _critical(case: CriticalCase) -> Text:
    question = case.question if len(case.question) <= 60 else f"{case.question[:59]}…"
    words = {"failed": "failed", "unanswered": "got no answer", "passed": "passed"}
    told = f"✗ critical case {case.case_id} {words[case.status]}"
    baseline = f"the baseline {words[case.baseline_status]}"
    return Text(f"{told}; {baseline}\n  {' '.join(question.split())}\n  {case.reason}", style="red")


def _differences(report: GateReport) -> Table:
    table = Table(title="Candidate minus baseline, in %", title_justify="left", box=SIMPLE_HEAVY)
    table.add_column("slice", max_width=24, overflow="ellipsis", no_wrap=True)
    widths = {"cases": 5, "base": 4, "cand.": 5, "diff.": 6, f"{report.confidence:.0%}": 16}
    for name, width in widths.items():
        table.add_column(name, justify="right", no_wrap=True, min_width=width)
    if report.whole:
        table.add_row(*_cells(report.whole), style="bold", end_section=True)
    for estimate in report.slices[:_ROWS]:
        style = "red" if estimate.broken else ("" if estimate.tested else "dim")
        table.add_row(*_cells(estimate), style=style)
    return table


def _cells(estimate: Estimate) -> tuple[Text, ...]:
    mark = "✗ " if estimate.broken else ""
    cells = (
        f"{mark}{estimate.name}",
        str(estimate.cases),
        f"{100 * estimate.baseline:.0f}",
        f"{100 * estimate.candidate:.0f}",
        f"{100 * estimate.difference:+.1f}",
        f"{100 * estimate.low:+.1f} .. {100 * estimate.high:+.1f}",
    )
    return tuple(Text(cell) for cell in cells)


def _scorers(report: GateReport) -> Table:
    table = Table("scorer", title="Scorers", title_justify="left", box=SIMPLE_HEAVY)
    for name in ("answers", "baseline", "candidate"):
        table.add_column(name, justify="right")
    table.add_column("")
    for summary in report.scorers:
        table.add_row(*_scorer_cells(summary))
    return table


def _scorer_cells(summary: ScorerSummary) -> tuple[str, ...]:
    def mean(value: float | None) -> str:
        if value is None:
            return "–"
        return f"{value:.2f}" if summary.scorer.startswith("judge.") else f"{value:.0%}"

    remark = "not run" if summary.status == "not_run" else ""
    if summary.errors:
        remark = f"{summary.errors} errors"
    return (
        summary.scorer,
        str(summary.answers),
        mean(summary.baseline),
        mean(summary.candidate),
        remark,
    )


def _remarks(report: GateReport) -> list[str]:
    lines = list(report.notes)
    for side, count in report.answers.items():
        for reason, times in count.reasons.items():
            lines.append(f"{side}: {times} of {count.needed} answers missing: {reason}")
    return lines
