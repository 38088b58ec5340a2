"""`flywheel decisions export|import`: the queue and the verdicts as JSON lines."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.errors import InputError

decisions = typer.Typer(no_args_is_help=True, help="The queue and the verdicts as JSON lines.")
app.add_typer(decisions, name="decisions")

_SHOWN: Final = 20
"""Refused lines that the table names."""


class QueueState(StrEnum):
    """Which candidates an export holds."""

    PENDING = "pending"
    ALL = "all"


@decisions.command(
    "export",
    epilog=examples(
        "flywheel decisions export queue.jsonl",
        "flywheel decisions export | jq -r .candidate_id",
        "flywheel decisions export everything.jsonl --state all",
    ),
)
def export_command(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; default: standard output.")
    ] = None,
    state: Annotated[
        QueueState, typer.Option("--state", help="Which candidates; decisions are all written.")
    ] = QueueState.PENDING,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write the pending candidates and the decisions made, one JSON object a line.

    To decide, add "verdict" (approve, edit, reject or skip) and "reviewer" to a
    candidate's line, "output" for edit, "reason" for reject; then import the file.
    """
    from flywheel.steps.queue import export_decisions

    if as_json and file is None:
        raise InputError("--json prints the count on standard output: name a FILE for the lines")
    try:
        written = export_decisions(
            settings_for(home), file, state="all" if state is QueueState.ALL else "pending"
        )
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the lines has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    if file is None:
        log.print(f"{written:,} lines")
        return
    emit(
        {"exported": written, "file": str(file)},
        as_json,
        lambda console: console.print(f"{written:,} lines to {file}", soft_wrap=True),
    )


@decisions.command(
    "import",
    epilog=examples(
        "flywheel decisions import reviewed.jsonl",
        "flywheel decisions import reviewed.jsonl --json",
    ),
)
def import_command(
    file: Annotated[Path, typer.Argument(help="Decisions, one JSON object a line.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Append decisions; the latest of a candidate wins. Exit 2 when a line was refused."""
    from flywheel.steps.decide import import_decisions
    from tasks.events import announce_decisions

    result = import_decisions(settings_for(home), file, announce_decisions)

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Decisions")
        table.add_row("accepted", f"{result.accepted:,}", style="bold")
        table.add_row("there already", f"{result.unchanged:,}")
        table.add_row("candidates without a verdict", f"{result.ignored:,}")
        table.add_row("refused", f"{len(result.refused):,}")
        console.print(table)
        for refusal in result.refused[:_SHOWN]:
            console.print(f"line {refusal.line}: {refusal.reason}", style="red", markup=False)
        if len(result.refused) > _SHOWN:
            console.print(f"and {len(result.refused) - _SHOWN:,} more: see --json", style="red")

    emit(result, as_json, show)
    if result.refused:
        raise typer.Exit(2)
