"""`flywheel ingest`: events in, personal data out, a funnel at the end."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for

if TYPE_CHECKING:
    from rich.progress import Progress

    from flywheel.steps.funnel import IngestReport


@app.command(
    epilog=examples(
        "flywheel ingest events/",
        "flywheel ingest 'events/2025-01-*.jsonl.gz' more.parquet",
        "flywheel ingest events/ --dry-run",
        "flywheel ingest archive/ --since 2025-01-01 --until 2025-02-01",
        "flywheel ingest events/ --json",
    )
)
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files, folders or globs of .jsonl, .jsonl.gz or .parquet.",
            show_default=False,
        ),
    ],
    format: Annotated[str, typer.Option("--format", help="The events' format.")] = "native",
    since: Annotated[
        str | None,
        typer.Option("--since", help="Only events of this time or later.", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Only events before this.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read events from where each source stopped; a second run reads only what is new.

    Personal data is taken out in memory, before anything is written. Lines that break a rule go
    to quarantine, without their text: see "flywheel quarantine list". With --since or --until the
    sources are read from their starts, and where the next run goes on does not change.
    """
    from flywheel.steps.ingest import run_ingest
    from flywheel.times import parse_span

    settings = settings_for(home)
    span = parse_span(since, until)
    with _progress_bar() as bar:
        task = bar.add_task("reading", total=None)

        def advance(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        report = run_ingest(
            settings, sources, format=format, span=span, dry_run=dry_run, progress=advance
        )
    emit(report, as_json, lambda console: _show(report, console))
    for why in report.unreadable.values():
        log.print(f"error: {why}", style="red", markup=False, highlight=False, soft_wrap=True)
    if report.unreadable:
        raise typer.Exit(2)


def _progress_bar() -> "Progress":
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=log, transient=True, disable=not log.is_terminal)


def _show(report: "IngestReport", console: Console) -> None:
    _show_funnel(report, console)
    for source in report.sources:
        if source.note and source.note != "unchanged":
            console.print(f"• {source.source}: {source.note}", soft_wrap=True, markup=False)
    _show_counts(console, "Quarantined", "reason", report.reasons)
    _show_counts(console, "Personal data taken out", "type", report.entities)
    if report.stale_orphans:
        console.print(
            f"{report.stale_orphans:,} feedback in the store have waited too long for their "
            "interaction (FLYWHEEL_INGEST__ORPHAN_DAYS)."
        )
    if report.data_docs:
        console.print(f"Expectations: {report.data_docs}", soft_wrap=True, highlight=False)


def _show_funnel(report: "IngestReport", console: Console) -> None:
    title = "Dry run: nothing was written" if report.dry_run else "Ingest: lines by source"
    table = Table(title=title, show_footer=True)
    table.add_column("source", footer="all", overflow="fold")
    numbers = _numbers(report)
    for name in numbers:
        total = getattr(report, name)
        table.add_column(name, footer=f"{total:,}", justify="right")
    unchanged = [source for source in report.sources if source.note == "unchanged"]
    for source in report.sources:
        if source in unchanged:
            continue
        name = escape(Path(source.source).name)
        table.add_row(name, *(f"{getattr(source, number):,}" for number in numbers))
    if unchanged:
        table.add_row(f"{len(unchanged):,} unchanged", *("0" for _ in numbers))
    console.print(table)


def _numbers(report: "IngestReport") -> tuple[str, ...]:
    """The columns of the funnel; two that are seldom anything but zero only when they are."""
    seldom = tuple(name for name in ("blank", "outside") if getattr(report, name))
    stored = ("stored",) if seldom else ("interactions", "feedback")  # 80 columns hold no more
    return ("read", *seldom, "quarantined", "resent", *stored)


def _show_counts(console: Console, title: str, column: str, counts: dict[str, int]) -> None:
    if not counts:
        return
    table = Table(column, "how many", title=title)
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, f"{count:,}")
    console.print(table)
