"""`flywheel status`: the counts of everything, from the facts."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from flywheel.steps.funnel import FunnelRow
    from flywheel.steps.scrubbing import ScrubStatus


_ID: Final = 8
"""Of a run's id as much as tells one from another; --json has all of it."""


class By(StrEnum):
    """What the funnel's rows are."""

    SOURCE = "source"
    RUN = "run"


@app.command(
    epilog=examples("flywheel status", "flywheel status --by run", "flywheel status --json")
)
def status(
    by: Annotated[
        By | None,
        typer.Option("--by", help="Also the funnel of each source or run.", show_default=False),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Count what is in the store: events, cases, candidates, examples, the release.

    Also what became of the lines read, what scrubbing took out, by type, and the share of planted
    identities ("canaries") that the newest ingest run found.
    """
    from flywheel.desk import settle
    from flywheel.steps.funnel import read_funnel
    from flywheel.steps.status import read_status
    from flywheel.store import open_store
    from flywheel.store.sparing import without_pandas

    settings = settings_for(home)
    with without_pandas():
        settle(settings)
        store = open_store(settings)
        result = read_status(store, settings.ingest.orphan_days)
        rows = [] if by is None else read_funnel(store, by.value)
    counts = result.model_dump(mode="json")

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Status")
        for name, value in counts.items():
            if name not in ("funnel", "personal_data"):
                table.add_row(name.replace("_", " "), _said(value))
        console.print(table)
        if not result.interactions and not result.golden:
            console.print(
                f"Nothing is in {settings.home} yet. Next: flywheel ingest", soft_wrap=True
            )
        _show_funnel(console, by, counts["funnel"], rows)
        _show_scrubbing(result.personal_data, console)

    sections = {} if by is None else {f"by_{by.value}": [row.model_dump() for row in rows]}
    emit(counts | sections, as_json, show)


def _said(value: int | str | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else value


def _show_funnel(
    console: Console, by: By | None, total: dict[str, int], rows: "Sequence[FunnelRow]"
) -> None:
    table = Table(title="Lines: read is the sum of the rest")
    if by is not None:  # names need the room that lines between the columns would take
        table.box, table.padding = SIMPLE_HEAD, (0, 1, 0, 0)
        table.add_column(by.value, overflow="fold")
    for name in total:
        table.add_column(name, justify="right")
    for row in rows:
        name = row.name[:_ID] if by is By.RUN else Path(row.name).name[:40]
        table.add_row(escape(name), *(f"{getattr(row, number):,}" for number in total))
    if by is not None:
        table.add_section()
    table.add_row(*([] if by is None else ["all"]), *(f"{number:,}" for number in total.values()))
    console.print(table)


def _show_scrubbing(scrubbing: "ScrubStatus", console: Console) -> None:
    taken: Counter[str] = Counter()
    for one in scrubbing.taken_out:
        taken[one.type] += one.count
    types = sorted({*taken, *scrubbing.canary_recall}, key=lambda type: (-taken[type], type))
    if not types:
        return
    shown = [t for t in types if taken[t] or scrubbing.canary_recall.get(t, 1) < 1]
    quiet = len(types) - len(shown)
    table = Table(title="Personal data")
    table.add_column("type")
    table.add_column("taken out", justify="right")
    table.add_column("canaries found", justify="right")
    for type in shown:
        recall = scrubbing.canary_recall.get(type)
        table.add_row(type, f"{taken[type]:,}", "–" if recall is None else f"{recall:.0%}")
    if shown:
        console.print(table)
    if quiet:
        kinds = "1 type" if quiet == 1 else f"{quiet} types"
        console.print(f"Nothing was taken out of {kinds}, and no planted one was missed.")
