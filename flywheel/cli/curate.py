"""`flywheel curate`: scores what got feedback and proposes the telling cases."""

from typing import Final

from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for

_HELD: Final = {
    "cap": "over the cap of their feature and day",
    "empty_output": "good, but the answer is empty",
    "no_consent": "no consent to use them",
    "one_signal": "good by one signal only",
    "unsure": "neither clearly good nor clearly bad",
}


@app.command(epilog=examples("flywheel curate", "flywheel curate --json"))
def curate(home: Home = None, as_json: AsJson = False) -> None:
    """Join feedback to answers, score them, and propose the telling cases to reviewers."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from flywheel.steps.curate import run_curate

    columns = (SpinnerColumn(), TextColumn("scored {task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=log, transient=True, disable=not log.is_terminal) as bar:
        task = bar.add_task("score", total=None)
        result = run_curate(
            settings_for(home), lambda done, total: bar.update(task, completed=done, total=total)
        )

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Curate", caption=f"policy {result.policy_version}")
        table.add_row("new wordings compared", f"{result.clusters.compared:,}")
        if result.clusters.joined:
            table.add_row("of them another case's", f"{result.clusters.joined:,}")
        table.add_row("answers scored", f"{result.scored:,}")
        for target, count in result.proposed.items():
            table.add_row(f"cases proposed for {target}", f"{count:,}", style="bold")
        if result.reopened:
            table.add_row("decided cases re-opened", f"{result.reopened:,}", style="bold")
        if result.draw.drawn:
            table.add_row("cases drawn for review", f"{result.draw.drawn:,}", style="bold")
        for reason, count in result.held_back.items():
            table.add_row(f"held back: {_HELD.get(reason, reason)}", f"{count:,}", style="dim")
        console.print(table)
        if any(result.proposed.values()):
            console.print("Next: [cyan]flywheel review[/cyan] or flywheel decisions export FILE")

    emit(result, as_json, show)
