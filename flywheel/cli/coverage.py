"""`flywheel coverage`: how much of what users ask the bank has an example for."""

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from schemas.coverage import CoverageReport

_ROWS: Final = 10


@app.command(
    epilog=examples(
        "flywheel coverage",
        "flywheel coverage --days 28 --near 0.8 --json",
        "flywheel coverage --propose",
    )
)
def coverage(
    days: Annotated[int, typer.Option("--days", min=1, help="Answers of the last so many.")] = 7,
    near: Annotated[
        float, typer.Option("--near", help="Cosine similarity from which an example is near.")
    ] = 0.7,
    alike: Annotated[
        float, typer.Option("--alike", help="From which two examples say the same.")
    ] = 0.98,
    propose: Annotated[
        bool, typer.Option("--propose", help="Send gaps and redundant examples to review.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Hold what users asked lately against the bank: its share, the gaps, what is there twice."""
    from flywheel.steps.coverage import run_coverage

    report = run_coverage(settings_for(home), days=days, near=near, alike=alike, propose=propose)
    emit(report, as_json, lambda console: _show(report, propose, console))


def _show(report: "CoverageReport", propose: bool, console: Console) -> None:
    _show_coverage(report, console)
    if propose:
        console.print(
            f"Sent to the review queue: {report.proposed} gaps, {report.reopened} redundant "
            "examples, which stand until a reviewer decides: flywheel review"
        )


def _show_coverage(report: "CoverageReport", console: Console) -> None:
    if report.share is None:
        console.print(f"Nobody asked anything in the last {report.days} days.")
        return
    console.print(
        f"{report.share:.0%} of {report.asked:,} answers of the last {report.days} days have an "
        f"example near ({report.near:g}); {report.golden:,} more are golden cases."
    )
    if report.gaps:
        console.print(_gaps(report))
    if len(report.gaps) > _ROWS:
        console.print(f"… and {len(report.gaps) - _ROWS} more gaps (--json)", style="dim")
    if any(gap.waiting for gap in report.gaps):
        console.print("Approving what waits closes a gap: flywheel review")
    console.print(f"{report.unused} of {report.examples} examples were nearest to nothing.")
    if report.redundant:
        console.print(_redundant(report))


def _gaps(report: "CoverageReport") -> Table:
    table = Table(title="What the bank lacks, most asked first")
    table.add_column("asked", justify="right")
    table.add_column("cases", justify="right")
    table.add_column("nearest", justify="right")
    table.add_column("feature", max_width=14, overflow="ellipsis", no_wrap=True)
    table.add_column("waiting", justify="right")
    table.add_column("question", overflow="ellipsis", no_wrap=True)
    for gap in report.gaps[:_ROWS]:
        nearest = "–" if gap.nearest < 0 else f"{gap.nearest:.2f}"
        cells = (f"{gap.asked:,}", f"{gap.cases:,}", nearest, Text(gap.feature or "–"))
        table.add_row(*cells, str(len(gap.waiting)), Text(" ".join(gap.question.split())))
    return table


def _redundant(report: "CoverageReport") -> Table:
    table = Table(title="Examples beside which another says the same")
    for name in ("example", "like"):
        table.add_column(name, max_width=24, overflow="ellipsis", no_wrap=True)
    table.add_column("similarity", justify="right")
    table.add_column("nearest for", justify="right")
    table.add_column("needed by", justify="right")
    for one in report.redundant[:_ROWS]:
        table.add_row(
            one.id, one.like, f"{one.similarity:.3f}", f"{one.nearest_for:,}", f"{one.needed_by:,}"
        )
    return table
