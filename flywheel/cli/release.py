"""`flywheel release …`: what was published, and which of it production reads."""

from textwrap import shorten
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flywheel.cli.app import AsJson, Home, app, emit, examples, settings_for

if TYPE_CHECKING:
    from flywheel.steps.release_diff import ChangedExample, ReleaseDiff

release = typer.Typer(no_args_is_help=True, help="List, check and switch releases.")
app.add_typer(release, name="release")

_NUMBERS = ("golden", "bank")
_SHOWN = 20
"""Of one kind of change, so many lines: the counts below say what there is."""
ReleaseId = Annotated[
    str, typer.Argument(metavar="ID", help="A release's id, or how it begins; see the list.")
]


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


@release.command(epilog=examples("flywheel release show", "flywheel release show 3f9ac1d2"))
def show(
    release_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Its id, or how it begins.", show_default="the current"),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
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
            ("format", str(manifest.schema_version)),
            ("embedder", f"{embedder.name} {embedder.version}, {embedder.dimensions} dimensions"),
            ("signature", found.signature),
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


@release.command(
    epilog=examples("flywheel release diff", "flywheel release diff 3f9ac1d2 51c0de77")
)
def diff(
    a: Annotated[
        str | None,
        typer.Argument(metavar="A", help="The one before.", show_default="what B replaced"),
    ] = None,
    b: Annotated[
        str | None,
        typer.Argument(metavar="B", help="The one after.", show_default="the current"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="However many lines.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show which examples came, went and changed between two releases."""
    from flywheel.steps.release_diff import diff_releases

    found = diff_releases(settings_for(home), a, b)

    emit(found, as_json, lambda console: _draw_diff(found, console, None if everything else _SHOWN))


@release.command(epilog=examples("flywheel release key --json"))
def key(home: Home = None, as_json: AsJson = False) -> None:
    """Make a new Ed25519 key pair for signing releases; it is printed and kept nowhere."""
    from flywheel.signing import new_key

    pair = new_key()

    def show(console: Console) -> None:
        console.print("For the publisher, a secret:")
        console.print(f"  FLYWHEEL_RELEASE__SIGNING_KEY={pair.private}", soft_wrap=True)
        console.print("For each client:")
        console.print(f'  Bank.open(..., public_key="{pair.public}")', soft_wrap=True)

    emit(pair, as_json, show)


def _draw_diff(found: "ReleaseDiff", console: Console, most: int | None) -> None:
    sides = (("golden", found.golden), ("bank", found.bank))
    console.print(f"From {found.a} to {found.b}")
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("", "side", "example"):
        table.add_column(name, no_wrap=True)
    table.add_column("what is asked")
    for name, side in sides:
        for mark, ids in (("[green]+[/green]", side.came), ("[red]-[/red]", side.went)):
            for id in ids[:most]:
                table.add_row(mark, name, Text(id), _asked(found, id))
            _add_rest(table, len(ids), most)
        for one in side.changed[:most]:
            table.add_row("~", name, Text(one.id), _changed(found, one))
        _add_rest(table, len(side.changed), most)
    if table.row_count:
        console.print(table)
    for name, side in sides:
        console.print(
            f"{name}: {len(side.came)} came, {len(side.went)} went, {len(side.changed)} changed, "
            f"{side.same} are the same"
        )


def _add_rest(table: Table, count: int, most: int | None) -> None:
    if most is not None and count > most:
        table.add_row("", "", "", Text(f"{count - most} more: --all", style="dim"))


def _asked(found: "ReleaseDiff", id: str) -> Text:
    asked = _line_of(found.questions[id])
    return asked.append("\nto the other side", style="dim") if id in found.moved else asked


def _changed(found: "ReleaseDiff", one: "ChangedExample") -> Text:
    text = _line_of(found.questions[one.id]).append(f"\n{', '.join(one.fields)}", style="dim")
    for mark, style, output in zip("-+", ("red", "green"), one.outputs or (), strict=False):
        text.append("\n").append(_line_of(f"{mark} {output}", style))
    return text


def _line_of(text: str, style: str = "") -> Text:
    return Text(shorten(text, 120, placeholder=" …"), style=style)
