"""`flywheel up`: Prefect, its worker and the review page on one machine, one Ctrl-C."""

import os
import sys
from typing import Annotated, Final

import typer
from rich.console import Console

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for

_ROWS: Final = {
    "Prefect: flows, runs, artifacts": "prefect",
    "Review: the link works once": "review",
    "Inbox: events to ingest": "data/inbox",
    "Home: all state": "home",
}


@app.command(
    epilog=examples(
        "flywheel up",
        "flywheel up --prefect-port 4300 --review-port 8800",
        "PREFECT_API_URL=http://prefect.internal:4200/api flywheel up",
    )
)
def up(
    prefect_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where Prefect's pages are served; 0: any.")
    ] = 4200,
    review_port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Where the review page is served; 0: any.",
            show_default="FLYWHEEL_REVIEW__PORT, else 8765",
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option(
            help="The name that decisions are recorded under.", show_default="your user name"
        ),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Run it all: Prefect's server and pages, the schedules' worker, the review page.

    A Prefect API that is configured (PREFECT_API_URL or a profile) is used instead of a new server.
    Ctrl-C ends everything. The processes' output goes to standard error.
    """
    from flywheel.settings import PROJECT
    from flywheel.tree import Tree
    from flywheel.up import login_link, plan, waiting_for
    from tasks.server import configured_api

    todo = plan(
        settings_for(home),
        os.environ,
        prefect_port=prefect_port,
        review_port=review_port,
        reviewer=reviewer,
        configured_api=configured_api(),
    )
    rows = {"prefect": todo.ui_url, "review": todo.review_url, "home": str(todo.home)}

    def hear(name: str, line: str) -> bool:
        link = login_link(line) if name == "review" else None
        rows["review"] = link or rows["review"]
        return link is not None

    tree = Tree(sys.stderr, last="prefect", hear=hear)  # the worker says goodbye to its server
    for name, command in todo.processes.items():
        tree.add(name, command, todo.environment, str(PROJECT))
    log.print("starting " + ", ".join(todo.processes) + " ...")

    def ready() -> None:
        emit(rows, as_json, lambda console: _show(rows, console))
        sys.stdout.flush()  # whoever reads this through a pipe waits for it

    code = tree.run(lambda: not waiting_for(todo), ready)
    if tree.died:
        log.print(f"error: {tree.died} ended by itself; its last lines are above; all was stopped")
    raise typer.Exit(code)


def _show(rows: dict[str, str], console: Console) -> None:
    """Where everything is; no table, for a link that is cut cannot be opened."""
    console.print("\n[bold]The flywheel is up[/bold]; Ctrl-C ends it.")
    for what, where in _ROWS.items():
        console.print(f"  {what:<31} {rows.get(where, where)}", soft_wrap=True, highlight=False)
    console.print()
