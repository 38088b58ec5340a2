"""`flywheel up`: Prefect, its worker and the review page on one machine, one Ctrl-C."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for


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
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Run it all: Prefect's server and pages, the schedules' worker, the review page.

    A Prefect API that is configured (PREFECT_API_URL or a profile) is used instead of a new server.
    Ctrl-C ends everything. The processes' output goes to standard error.
    """
    from flywheel.settings import PROJECT
    from flywheel.tree import Tree
    from flywheel.up import plan, waiting_for
    from tasks.server import configured_api

    settings = settings_for(home)
    todo = plan(
        settings,
        os.environ,
        prefect_port=prefect_port,
        review_port=review_port,
        configured_api=configured_api(),
    )
    tree = Tree(sys.stderr, last="prefect")  # the worker says goodbye to it
    for name, command in todo.processes.items():
        tree.add(name, command, todo.environment, str(PROJECT))
    rows = {"prefect": todo.ui_url, "review": todo.review_url, "home": str(todo.home)}

    def show(console: Console) -> None:
        table = Table("what", "where", title="The flywheel is up; Ctrl-C ends it")
        table.add_row("Prefect: flows, runs, artifacts", todo.ui_url)
        table.add_row("Review: candidates to decide", todo.review_url)
        table.add_row("Inbox: events to ingest", "data/inbox")
        table.add_row("Home: all state", str(todo.home))
        console.print(table)

    log.print("starting: " + ", ".join(todo.processes))
    code = tree.run(lambda: not waiting_for(todo), lambda: emit(rows, as_json, show))
    if tree.died:
        log.print(f"error: {tree.died} ended by itself; its last lines are above; all was stopped")
    raise typer.Exit(code)
