"""`flywheel status`: the counts of everything, from the facts."""

from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for


@app.command(epilog=examples("flywheel status", "flywheel status --json"))
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Count what is in the store: events, cases, candidates, examples, the release."""
    from flywheel.steps.status import read_status
    from flywheel.store import open_store

    result = read_status(open_store(settings_for(home)))

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Status")
        for name, value in result.model_dump().items():
            table.add_row(name.replace("_", " "), "–" if value is None else str(value))
        console.print(table)

    emit(result, as_json, show)
