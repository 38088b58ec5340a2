"""`flywheel doctor`: is everything there that a run needs?"""

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

_MARKS = {
    "ok": "[green]ok[/green]",
    "warning": "[yellow]warning[/yellow]",
    "failed": "[red]failed[/red]",
}


@app.command(epilog=examples("flywheel doctor", "flywheel doctor --json"))
def doctor(home: Home = None, as_json: AsJson = False) -> None:
    """Check the home, the salt, the database, the models and the release.

    Exit code 1 when a check failed.
    """
    from flywheel.steps.doctor import diagnose

    result = diagnose(settings_for(home))

    def show(console: Console) -> None:
        table = Table("check", "state", "found")
        for check in result.checks:
            found = check.found if check.advice is None else f"{check.found}\n→ {check.advice}"
            table.add_row(check.name, _MARKS[check.state], found)
        console.print(table)

    emit(result, as_json, show)
    if not result.healthy:
        raise typer.Exit(1)
