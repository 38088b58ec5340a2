"""`flywheel status`: the counts of everything, from the facts."""

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from flywheel.steps.scrubbing import ScrubStatus


@app.command(epilog=examples("flywheel status", "flywheel status --json"))
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Count what is in the store: events, cases, candidates, examples, the release.

    Also what scrubbing took out, by type, and the share of planted identities ("canaries") that the
    newest ingest run found.
    """
    from flywheel.steps.status import read_status
    from flywheel.store import open_store

    result = read_status(open_store(settings_for(home)))

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Status")
        for name, value in result.model_dump(exclude={"personal_data"}).items():
            table.add_row(name.replace("_", " "), "–" if value is None else str(value))
        console.print(table)
        _show_scrubbing(result.personal_data, console)

    emit(result, as_json, show)


def _show_scrubbing(scrubbing: "ScrubStatus", console: Console) -> None:
    taken: Counter[str] = Counter()
    for one in scrubbing.taken_out:
        taken[one.type] += one.count
    types = sorted({*taken, *scrubbing.canary_recall}, key=lambda type: (-taken[type], type))
    if not types:
        return
    table = Table(title="Personal data")
    table.add_column("type")
    table.add_column("taken out", justify="right")
    table.add_column("canaries found", justify="right")
    for type in types:
        recall = scrubbing.canary_recall.get(type)
        table.add_row(type, f"{taken[type]:,}", "–" if recall is None else f"{recall:.0%}")
    console.print(table)
