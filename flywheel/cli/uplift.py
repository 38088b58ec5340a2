"""`flywheel uplift`: whether the few-shot examples help."""

from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from schemas.uplift import Effect, UpliftReport

_ROWS: Final = 15
_WORDS: Final = {
    "helps": "[green]helps[/green]",
    "hurts": "[bold red]hurts[/bold red]",
    "no_difference": "no difference that matters",
}


@app.command(
    epilog=examples(
        "flywheel uplift",
        "flywheel uplift --days 28 --smallest 0.02 --json",
        "flywheel uplift --propose",
    )
)
def uplift(
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Only answers of the last so many days.")
    ] = None,
    smallest: Annotated[
        float, typer.Option("--smallest", help="The smallest difference in P(good) that matters.")
    ] = 0.05,
    confidence: Annotated[float, typer.Option("--confidence", help="Of the intervals.")] = 0.95,
    propose: Annotated[
        bool, typer.Option("--propose", help="Send examples that hurt back to the review queue.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Compare answers that examples were shown for with those that chance withheld them from.

    By bank, release and example, with intervals clustered by user. Needs interactions of banks that
    were opened with `withhold`.
    """
    from flywheel.steps.uplift import run_uplift

    report = run_uplift(
        settings_for(home), days=days, confidence=confidence, smallest=smallest, propose=propose
    )
    emit(report, as_json, lambda console: _show(report, propose, console))


def _show(report: "UpliftReport", propose: bool, console: Console) -> None:
    if report.answers == 0:
        console.print(
            "No answer yet for which chance decided what was shown: open the bank with "
            "withhold=0.02, or set FLYWHEEL_SERVE__WITHHOLD, and send few_shot with interactions."
        )
        return
    table = Table(title="P(good), shown minus withheld, in points")
    table.add_column("of", max_width=18, overflow="ellipsis", no_wrap=True)
    for name in ("shown", "w'held", "diff.", f"{report.confidence:.0%}"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("so it")
    table.add_row(*_cells(report.bank), end_section=len(report.releases) < 2)
    if len(report.releases) > 1:
        for effect in report.releases:
            table.add_row(*_cells(effect), end_section=effect is report.releases[-1])
    for effect in report.examples[:_ROWS]:
        table.add_row(*_cells(effect))
    console.print(table)
    if len(report.examples) > _ROWS:
        console.print(f"… and {len(report.examples) - _ROWS} more examples (--json)", style="dim")
    console.print(
        f"{report.answers} answers, {report.judged} of them with feedback; the others count as "
        "P(good) .5."
    )
    if propose:
        _show_proposed(report, console)


def _show_proposed(report: "UpliftReport", console: Console) -> None:
    console.print(
        f"{report.proposed} sent back to the review queue; each stands until a reviewer "
        "decides: flywheel review"
    )
    if report.deferred:
        console.print(
            f"{report.deferred} more that hurt have to wait: as many are before "
            "reviewers as the policy lets wait at once (harmful_waiting)"
        )


def _cells(effect: "Effect") -> tuple[str, ...]:
    difference = "–" if effect.difference is None else f"{100 * effect.difference:+.1f}"
    interval = (
        "–"
        if effect.low is None or effect.high is None
        else f"{100 * effect.low:+.1f} … {100 * effect.high:+.1f}"
    )
    return (
        effect.name,
        f"{effect.shown:,}",
        f"{effect.withheld:,}",
        difference,
        interval,
        _WORDS.get(effect.verdict) or f"cannot tell yet, needs about {effect.more:,} more",
    )
