"""`flywheel agreement`: how far reviewers agree, and what their verdicts say of all cases."""

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from schemas.agreement import AgreementReport, Figure, Measure
    from schemas.draw import Share, ShareReport

_NOT_YET: Final = "cannot tell yet"
_SHOWN: Final = 8
"""Pairs and weeks; more are in --json."""


@app.command(epilog=examples("flywheel agreement", "flywheel agreement --json"))
def agreement(home: Home = None, as_json: AsJson = False) -> None:
    """How far reviewers agree who judged a case blind, and the share of all cases they say yes to.

    Agreement over all, by pair, criterion and week, on first judgements alone. The share is
    estimated from the cases that were drawn, with their probabilities.
    """
    from flywheel.steps.agreement import run_agreement
    from flywheel.steps.draw import run_shares

    settings = settings_for(home)
    report, shares = run_agreement(settings), run_shares(settings)

    def show(console: Console) -> None:
        _show_agreement(report, console)
        _show_shares(shares, console)

    emit({"agreement": report.model_dump(), "shares": shares.model_dump()}, as_json, show)


def _show_agreement(report: "AgreementReport", console: Console) -> None:
    if report.twice == 0:
        console.print(
            "No case was given to two reviewers yet: FLYWHEEL_SAMPLING__DOUBLE_SHARE of each round "
            "is, and rounds are drawn by flywheel curate."
        )
        return
    table = Table(title="Agreement of reviewers who judged the same case blind")
    table.add_column("of", max_width=30, overflow="ellipsis", no_wrap=True)
    for name in ("cases", "same", "coefficient", f"{report.confidence:.0%}"):
        table.add_column(name, justify="right", no_wrap=True)
    for figure in report.figures:
        table.add_row(*_cells(figure.criterion, figure), end_section=figure is report.figures[-1])
    for pair in report.pairs[:_SHOWN]:
        # The names are people's own: never markup.
        name = f"{pair.first}, {pair.second}".replace("[", "\\[")
        table.add_row(*_cells(name, pair.figures[0]), end_section=pair is report.pairs[-1])
    for week in report.weeks[-_SHOWN:]:
        table.add_row(*_cells(f"week of {week.week}", week.figure))
    console.print(table)
    console.print(
        "α: Krippendorff's, over all; κ: Cohen's, of a pair. 1 is agreement, 0 is chance. "
        f"Fewer than {report.fewest} cases: {_NOT_YET}. {report.twice:,} cases were given to two; "
        f"{report.waiting:,} wait for a judgement, {report.disputed:,} for an adjudication."
    )


def _cells(name: str, figure: "Figure") -> tuple[str, ...]:
    same = "–" if figure.same is None else f"{figure.same:.0%}"
    measure, sign = (figure.alpha, "α") if figure.alpha is not None else (figure.kappa, "κ")
    if measure is None:
        return name, f"{figure.cases:,}", same, _NOT_YET if not figure.enough else "all alike", ""
    return name, f"{figure.cases:,}", same, f"{sign} {measure.value:.2f}", _interval(measure)


def _interval(measure: "Measure") -> str:
    if measure.low is None or measure.high is None:
        return ""
    return f"{measure.low:.2f} … {measure.high:.2f}"


def _show_shares(report: "ShareReport", console: Console) -> None:
    if report.whole is None:
        console.print("No round was drawn yet: flywheel curate draws one.")
        return
    table = Table(title="Share of all waiting cases that reviewers say yes to")
    table.add_column("round", no_wrap=True)
    for name in ("waited", "drawn", "decided", "naive", "share", f"{report.confidence:.0%}"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*_share_cells(report.whole), end_section=True, style="bold")
    for share in report.rounds[:_SHOWN]:
        table.add_row(*_share_cells(share))
    console.print(table)
    words = "Naive: of the decided as they are, most of which were picked for being telling."
    if report.whole.provisional:
        words += " *: provisional, some drawn cases wait for a decision."
    if report.undrawn:
        words += f" {report.undrawn:,} decided without being drawn: not in any estimate."
    console.print(words)


def _share_cells(share: "Share") -> tuple[str, ...]:
    naive = "–" if share.naive is None else f"{share.naive:.0%}"
    counts = (f"{share.population:,}", f"{share.drawn:,}", f"{share.decided:,}", naive)
    if share.value is None or share.low is None or share.high is None:
        return share.name, *counts, _NOT_YET, ""
    star = "*" if share.provisional else ""
    return share.name, *counts, f"{share.value:.0%}{star}", f"{share.low:.0%} … {share.high:.0%}"
