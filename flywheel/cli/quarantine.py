"""`flywheel quarantine list|retry`: lines that did not go in, by place and reason."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for

quarantine = typer.Typer(no_args_is_help=True, help="Lines that did not go in, and why.")
app.add_typer(quarantine, name="quarantine", rich_help_panel=None)

Reason = Annotated[
    str | None,
    typer.Option("--reason", help="Only this reason code or expectation.", show_default=False),
]
Source = Annotated[
    str | None,
    typer.Option("--source", help="Only this source, or a part of its path.", show_default=False),
]


@quarantine.command(
    "list",
    epilog=examples(
        "flywheel quarantine list",
        "flywheel quarantine list --reason not_json --json",
        "flywheel quarantine list --source 2025-01-06",
    ),
)
def list_faults(
    reason: Reason = None, source: Source = None, home: Home = None, as_json: AsJson = False
) -> None:
    """List the quarantined lines: file, line, byte offset, reason and a hash, never their text."""
    from flywheel.steps.quarantine import read_quarantine
    from flywheel.store import open_store

    faults = read_quarantine(open_store(settings_for(home)), reason=reason, source=source)

    def show(console: Console) -> None:
        table = Table(title=f"Quarantine: {len(faults):,} lines")
        table.add_column("source", overflow="fold")
        for name in ("line", "byte offset"):
            table.add_column(name, justify="right")
        for name in ("reason", "key"):
            table.add_column(name, overflow="fold")
        for fault in faults:
            name = escape(Path(fault.source).name)
            place = (name, str(fault.line), str(fault.offset))
            table.add_row(*place, fault.reason, fault.field or "–")
        console.print(table)

    emit({"faults": [fault.model_dump() for fault in faults]}, as_json, show)


@quarantine.command(
    epilog=examples("flywheel quarantine retry", "flywheel quarantine retry --json")
)
def retry(
    reason: Reason = None, source: Source = None, home: Home = None, as_json: AsJson = False
) -> None:
    """Read the quarantined lines again from their sources; what passes now goes in.

    For after a setting was changed: the horizon, the longest line, the longest text.
    """
    from flywheel.steps.quarantine import retry_quarantine

    settings = settings_for(home)
    with log.status("reading the quarantined lines again"):
        report = retry_quarantine(settings, reason=reason, source=source)

    def show(console: Console) -> None:
        table = Table("what", "lines", title="Quarantine: tried again")
        table.add_row("tried", f"{report.tried:,}")
        table.add_row("stored", f"{report.stored:,}")
        table.add_row("there already", f"{report.resent:,}")
        for name, count in report.failing.items():
            table.add_row(f"still: {name}", f"{count:,}")
        table.add_row("source gone or changed", f"{report.gone:,}")
        console.print(table)

    emit(report, as_json, show)
