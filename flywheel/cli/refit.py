"""`flywheel refit`: P(good)'s weights from reviewers' decisions."""

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from schemas.agreement import Measure
    from schemas.calibration import Calibration, RefitReport, ReliabilityBin

_WIDTH: Final = 41
"""Characters of the plot's axis: one for each 2.5 points."""
_OUTCOMES: Final = {
    "used": "[bold green]Used[/bold green]: {}. flywheel curate scores every answer by them.",
    "would_be_used": "[green]Would be used[/green]: {}. Without --dry-run they are.",
    "in_force": "Nothing changed: these weights score already.",
    "declined": "[yellow]Declined[/yellow], nothing changed: {}.",
    "reset": "[green]Reset[/green]: {}.",
}


@app.command(
    epilog=examples("flywheel refit --dry-run", "flywheel refit", "flywheel refit --reset")
)
def refit(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done; change nothing.")
    ] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Go back to the weights of the code.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Fit the weights of P(good) to reviewers' decisions; use them only where they are better.

    Better means: on decisions that they were not fitted to, split by case, the interval of the
    difference in log loss lies below 0, and they are calibrated no worse. Else it says so and
    changes nothing.
    """
    from flywheel.errors import InputError
    from flywheel.steps.refit import reset_weights, run_refit

    if reset and dry_run:
        raise InputError("--reset goes back at once: it has no --dry-run")
    settings = settings_for(home)
    report = reset_weights(settings) if reset else run_refit(settings, dry_run=dry_run)
    emit(report, as_json, lambda console: _show(report, console))


def _show(report: "RefitReport", console: Console) -> None:
    if report.weights:
        console.print(_weights(report))
    if report.prior is not None:
        console.print(_scores(report.prior, report.fitted, report.confidence))
        for name, side in (("prior", report.prior), ("fitted, held out", report.fitted)):
            if side is not None:
                _plot(name, side, console)
    if report.outcome != "reset":
        console.print(
            f"{report.decisions:,} decisions on {report.cases:,} cases; {report.good:,} found the "
            "answer good."
        )
    for reason, count in report.left_out.items():
        console.print(f"{count:,} left out, {reason}.", style="dim")
    console.print(_OUTCOMES[report.outcome].format(report.reason))


def _weights(report: "RefitReport") -> Table:
    table = Table(title="Weights at full strength, in log-odds")
    table.add_column("signal", no_wrap=True)
    for name in ("answers", "prior", "fitted", f"{report.confidence:.0%}"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in report.weights:
        if row.answers == 0:
            continue
        interval = f"{row.low:+.2f} … {row.high:+.2f}"
        moved = not row.low <= row.prior <= row.high
        table.add_row(
            row.signal,
            f"{row.answers:,}",
            f"{row.prior:+.2f}",
            f"{row.fitted:+.2f}",
            interval,
            style="bold" if moved else None,
        )
    return table


def _scores(prior: "Calibration", fitted: "Calibration | None", confidence: float) -> Table:
    table = Table(title="P(good) against decisions")
    table.add_column("measure", no_wrap=True)
    for name in ("prior", f"{confidence:.0%}", "fitted, held out", f"{confidence:.0%}"):
        table.add_column(name, justify="right", no_wrap=True)
    before = _measures(prior)
    after = _measures(fitted) if fitted is not None else dict.fromkeys(before)
    for name in before:
        table.add_row(name, *_measure(before[name]), *_measure(after[name]))
    return table


def _measures(calibration: "Calibration") -> "dict[str, Measure | None]":
    return {
        "log loss": calibration.log_loss,
        "Brier score": calibration.brier,
        "calibration error": calibration.ece,
        "area under ROC": calibration.auc,
    }


def _measure(measure: "Measure | None") -> tuple[str, str]:
    if measure is None:
        return "–", ""
    if measure.low is None or measure.high is None:
        return f"{measure.value:.3f}", ""
    return f"{measure.value:.3f}", f"{measure.low:.3f} … {measure.high:.3f}"


def _plot(name: str, calibration: "Calibration", console: Console) -> None:
    """The reliability curve lying on its side: a line a bin, its share from 0 to 1."""
    console.print(f"\nCalibration, {name}: ◆ predicted, ● found good, ─ its interval", style="bold")
    axis = "0" + "·" * (_WIDTH // 2 - 1) + "½" + "·" * (_WIDTH // 2 - 1) + "1"
    console.print(f"  n      P(good)  {axis}  found")
    for row in calibration.bins:
        console.print(
            f"  {row.decisions:<6,} {row.predicted:>7.0%}  {_line(row)}  {row.observed:>5.0%}"
        )


def _line(row: "ReliabilityBin") -> str:
    marks = [" "] * _WIDTH
    for place in range(_place(row.low), _place(row.high) + 1):
        marks[place] = "─"
    marks[_place(row.observed)] = "●"
    marks[_place(row.predicted)] = "◆"
    return "".join(marks)


def _place(share: float) -> int:
    return round(share * (_WIDTH - 1))
