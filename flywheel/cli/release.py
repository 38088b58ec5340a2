"""`flywheel release list|show|rollback`: what was published, and which of it production reads."""

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

release = typer.Typer(no_args_is_help=True, help="List, check and switch releases.")
app.add_typer(release, name="release")

_NUMBERS = ("golden", "bank")
ReleaseId = Annotated[str, typer.Argument(metavar="ID", help="A release's id, from the list.")]


@release.command("list", epilog=examples("flywheel release list"))
def list_(home: Home = None, as_json: AsJson = False) -> None:
    """List every switch of the release, the newest first; * marks the current one."""
    from flywheel.steps.release import list_releases

    rows = list_releases(settings_for(home))

    def show(console: Console) -> None:
        if not rows:
            console.print("No release yet. Next: flywheel promote")
            return
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in ("", "release", "parent", "created (UTC)", "golden", "bank", "reason"):
            # An id is there to be pasted: cut, it would be of no use.
            table.add_column(name, no_wrap=True, justify="right" if name in _NUMBERS else "left")
        for row in rows:
            table.add_row(
                "*" if row.current else "",
                row.release_id,
                (row.parent or "–")[:8],
                row.created_at[:16].replace("T", " "),
                str(row.golden),
                str(row.bank),
                row.reason,
            )
        console.print(table)

    emit({"releases": [row.model_dump() for row in rows]}, as_json, show)


@release.command(epilog=examples("flywheel release show 3f9ac1d2e4b5a697"))
def show(release_id: ReleaseId, home: Home = None, as_json: AsJson = False) -> None:
    """Show a release's manifest and check each file; exit 1 when one is damaged."""
    from flywheel.steps.release import show_release

    found = show_release(settings_for(home), release_id)
    manifest = found.manifest

    def draw(console: Console) -> None:
        table = Table("what", "value", title=f"Release {manifest.id}")
        embedder = manifest.embedder
        for name, value in (
            ("current", "yes" if found.current else "no"),
            ("parent", manifest.parent or "–"),
            ("created", manifest.created_at),
            ("golden", str(manifest.golden)),
            ("bank", str(manifest.bank)),
            ("embedder", f"{embedder.name} {embedder.version}, {embedder.dimensions} dimensions"),
            *((f.name, "whole" if f.whole else "[red]DAMAGED[/red]") for f in found.files),
        ):
            table.add_row(name, value)
        console.print(table)

    emit(found, as_json, draw)
    if not found.whole:
        raise typer.Exit(1)


@release.command(epilog=examples("flywheel release rollback 3f9ac1d2e4b5a697"))
def rollback(release_id: ReleaseId, home: Home = None, as_json: AsJson = False) -> None:
    """Make an earlier release current again.

    Production reads it from its next look. `promote` keeps it until the examples change: reject
    what was wrong, then promote, to go forward again.
    """
    from flywheel.steps.release import rollback as roll_back
    from tasks.events import announce_release

    report = roll_back(settings_for(home), release_id, announce_release)

    def show(console: Console) -> None:
        if report.switched:
            console.print(f"Release {report.release} is current; it replaced {report.replaced}.")
        else:
            console.print(f"Release {report.release} was current already.")

    emit(report, as_json, show)
