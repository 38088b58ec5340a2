"""`flywheel erase`: everything that is stored about one user, to the last byte."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.errors import InputError

if TYPE_CHECKING:
    from flywheel.settings import Settings
    from flywheel.steps.erase import EraseReport


@app.command(
    epilog=examples(
        "flywheel erase u-040",
        "echo u-040 | flywheel erase - --yes --reason 'request 17'",
        "flywheel erase --user-key 9f2c4e… --yes --json",
    )
)
def erase(
    user: Annotated[
        str | None,
        typer.Argument(
            help="The user's id as the application sends it; - reads it from standard "
            "input, which keeps it out of the shell's history.",
            show_default=False,
        ),
    ] = None,
    user_key: Annotated[
        str | None, typer.Option("--user-key", help="The pseudonym instead.", show_default=False)
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help="Kept in the receipt: no names.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Delete a user's interactions, all feedback on them, the user's own feedback and candidates.

    The database file is written anew, so that no byte stays. A receipt with the pseudonym stays.
    """
    from flywheel.steps.erase import erase_user

    settings = settings_for(home)
    key = _key_of(settings, user, user_key)
    if not yes:
        _ask(settings, key, as_json)
    with log.status("erasing, and writing the database anew"):
        report = erase_user(settings, key, reason)
    emit(report, as_json, lambda console: _show(report, console))


def _key_of(settings: "Settings", user: str | None, user_key: str | None) -> str:
    from flywheel.pseudonym import user_key as key_of

    if (user is None) == (user_key is None):
        raise InputError("give either the user's id (or - for standard input) or --user-key")
    if user_key is not None:
        return user_key
    if user == "-":
        user = sys.stdin.readline().rstrip("\r\n")
    if not user:
        raise InputError("the user's id is empty")
    return key_of(settings.key, user)


def _ask(settings: "Settings", key: str, as_json: bool) -> None:
    from flywheel.steps.erase import find_erasable

    if as_json or not sys.stdin.isatty():
        raise InputError("erasing cannot be undone: add --yes")
    found = find_erasable(settings, key)
    log.print(
        f"{found.interactions:,} interactions, {found.feedback:,} feedback and "
        f"{found.candidates:,} candidates are stored under {key}."
    )
    typer.confirm("Erase them? This cannot be undone", abort=True, err=True)


def _show(report: "EraseReport", console: Console) -> None:
    if report.nothing:
        console.print("Nothing is stored about this user.")
    else:
        table = Table("what", "erased", title="Erased")
        for name in ("interactions", "feedback", "scores", "candidates"):
            table.add_row(name, f"{getattr(report, name):,}")
        table.add_row("examples withdrawn", f"{len(report.withdrawn):,}")
        console.print(table)
    for line in report.remaining:
        console.print(f"• {line}", soft_wrap=True, highlight=False, markup=False)
