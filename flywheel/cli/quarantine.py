"""`flywheel quarantine list|show|retry`: lines that did not go in, by place, reason and time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
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

Since = Annotated[
    str | None,
    typer.Option("--since", help="Only put aside at this time or later.", show_default=False),
]
Until = Annotated[
    str | None, typer.Option("--until", help="Only put aside before this.", show_default=False)
]


@quarantine.command(
    "list",
    epilog=examples(
        "flywheel quarantine list",
        "flywheel quarantine list --reason not_json --json",
        "flywheel quarantine list --source 2025-01-06 --since 2025-01-07",
    ),
)
def list_faults(
    reason: Reason = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """List the quarantined lines: file, line and reason, never their text.

    With --json byte offset and hash, too.
    """
    from flywheel.steps.quarantine import read_quarantine
    from flywheel.store import open_store
    from flywheel.store.sparing import without_pandas
    from flywheel.times import parse_span

    span = parse_span(since, until)
    with without_pandas():
        store = open_store(settings_for(home))
        faults = read_quarantine(store, reason=reason, source=source, span=span)

    def show(console: Console) -> None:
        if not faults:
            asked = reason or source or since or until
            console.print("No line in quarantine" + (" fits these options." if asked else "."))
            return
        lines = "1 line" if len(faults) == 1 else f"{len(faults):,} lines"
        # Offsets are in --json: no room for them.
        table = Table(title=f"Quarantine: {lines}", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column("id", no_wrap=True)
        table.add_column("source", overflow="fold")
        table.add_column("line", justify="right")
        for name in ("reason", "key"):
            table.add_column(name, overflow="fold")
        for fault in faults:
            name = escape(Path(fault.source).name)
            place = (name, f"{fault.line:,}")
            table.add_row(fault.fault_id[:8], *place, fault.reason, fault.field or "–")
        console.print(table)

    emit({"faults": [fault.model_dump() for fault in faults]}, as_json, show)


@quarantine.command(
    epilog=examples("flywheel quarantine show 3f9a12bc", "flywheel quarantine show 3f9a12bc --json")
)
def show(
    fault: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The line's id, or the beginning of it.", show_default=False
        ),
    ],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show one quarantined line: where, why, its keys, and its text only after scrubbing.

    The line is read again from its source. What cannot be scrubbed, because it is no event, is told
    by its known keys and the kinds of its values.
    """
    from flywheel.steps.quarantine import show_fault

    shown = show_fault(settings_for(home), fault)

    def draw(console: Console) -> None:
        table = Table("what", "", title=f"Quarantine: {shown.fault_id}", show_header=False)
        table.columns[1].overflow = "fold"
        for name, value in shown.model_dump().items():
            if value is not None and name != "fault_id":
                table.add_row(name.replace("_", " "), escape(str(value)))
        console.print(table)

    emit(shown, as_json, draw)


@quarantine.command(
    epilog=examples(
        "flywheel quarantine retry", "flywheel quarantine retry --reason line_too_long --json"
    )
)
def retry(
    reason: Reason = None,
    source: Source = None,
    since: Since = None,
    until: Until = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read the quarantined lines again from their sources; what passes now goes in.

    For after a setting was changed: the horizon, the longest line, the longest text.
    """
    from flywheel.steps.quarantine import retry_quarantine
    from flywheel.times import parse_span

    settings = settings_for(home)
    span = parse_span(since, until)
    with log.status("reading the quarantined lines again"):
        report = retry_quarantine(settings, reason=reason, source=source, span=span)

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
