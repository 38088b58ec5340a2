"""`flywheel decisions export|import`: the queue and the verdicts as JSON lines, or records."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.errors import InputError

if TYPE_CHECKING:
    from flywheel.settings import Settings
    from flywheel.steps.decide import DecisionsReport

decisions = typer.Typer(no_args_is_help=True, help="The queue and the verdicts as JSON lines.")
app.add_typer(decisions, name="decisions")

_SHOWN: Final = 20
"""Refused lines that the table names."""


class RecordForm(StrEnum):
    """Whose records a file holds; without one it has this project's own lines."""

    ARGILLA = "argilla"
    LABELSTUDIO = "labelstudio"


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
        "flywheel decisions export tasks.json --to labelstudio --config labels.xml",
    ),
)
def export_command(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write; default: standard output.")
    ] = None,
    state: Annotated[
        QueueState, typer.Option("--state", help="Which candidates; decisions are all written.")
    ] = QueueState.PENDING,
    to: Annotated[
        RecordForm | None, typer.Option("--to", help="As records of another labelling tool.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="With --to: where the tool's own settings go.",
            show_default="beside FILE",
        ),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write the pending candidates and the decisions made, one JSON object a line.

    To decide, add "verdict" (approve, edit, reject or skip) and "reviewer" to a
    candidate's line, "output" for edit, "reason" for reject; then import the file.
    """
    if as_json and file is None:
        raise InputError("--json prints the count on standard output: name a FILE for the lines")
    if config is not None and to is None:
        raise InputError("--config: only with --to, for the tool's own settings")
    try:
        written, configured = _write(settings_for(home), file, state.value, to, config)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the lines has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    unit = "lines" if to is None else "records"
    if file is None:
        log.print(f"{written:,} {unit}")
        return
    result = {"exported": written, "file": str(file)}

    def show(console: Console) -> None:
        console.print(f"{written:,} {unit} to {file}", soft_wrap=True)
        if configured:
            console.print(f"how to set up {to}: {configured}", soft_wrap=True)

    emit(result | ({"config": str(configured)} if configured else {}), as_json, show)


def _write(
    settings: "Settings",
    file: Path | None,
    state: Literal["pending", "all"],
    to: RecordForm | None,
    config: Path | None,
) -> tuple[int, Path | None]:
    """How many were written, and where the tool's settings are."""
    if to is None:
        from flywheel.steps.queue import export_decisions

        return export_decisions(settings, file, state=state), None
    from flywheel.forms import Tool
    from flywheel.steps.forms import export_records

    return export_records(settings, Tool(to.value), file, state, config)


@decisions.command(
    "import",
    epilog=examples(
        "flywheel decisions import reviewed.jsonl",
        "flywheel decisions import reviewed.jsonl --json",
        "flywheel decisions import export.json --from labelstudio --person 3=rosa",
    ),
)
def import_command(
    file: Annotated[Path, typer.Argument(help="Decisions, one JSON object a line.")],
    source: Annotated[
        RecordForm | None, typer.Option("--from", help="It holds another tool's records.")
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(
            "--person",
            metavar="ID=NAME",
            help="With --from: who is meant by the tool's number, id or address of a user. "
            "Repeatable.",
        ),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Append decisions; the latest of a candidate wins. Exit 2 when a line was refused."""
    result = _read(settings_for(home), file, source, person or [])
    unit = "line" if source is None else "record"

    def show(console: Console) -> None:
        table = Table("what", "how many", title="Decisions")
        table.add_row("accepted", f"{result.accepted:,}", style="bold")
        table.add_row("there already", f"{result.unchanged:,}")
        table.add_row("candidates without a verdict", f"{result.ignored:,}")
        table.add_row("refused", f"{len(result.refused):,}")
        console.print(table)
        for refusal in result.refused[:_SHOWN]:
            told = f"{unit} {refusal.line}: {refusal.reason}"
            console.print(told, style="red", markup=False)
        if len(result.refused) > _SHOWN:
            console.print(f"and {len(result.refused) - _SHOWN:,} more: see --json", style="red")

    emit(result, as_json, show)
    if result.refused:
        raise typer.Exit(2)


def _read(
    settings: "Settings", file: Path, source: RecordForm | None, people: list[str]
) -> "DecisionsReport":
    from tasks.events import announce_decisions

    if source is None:
        from flywheel.steps.decide import import_decisions

        if people:
            raise InputError("--person: only with --from, for the tool's own users")
        return import_decisions(settings, file, announce_decisions)
    from flywheel.forms import Tool
    from flywheel.steps.forms import import_record_file

    if not all("=" in text for text in people):
        raise InputError("--person: ID=NAME is needed, such as 3=rosa")
    named = dict(text.rsplit("=", 1) for text in people)
    return import_record_file(settings, Tool(source.value), file, announce_decisions, named)
