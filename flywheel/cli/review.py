"""`flywheel review`: the web page where candidates are decided."""

import getpass
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.errors import ConfigError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from flywheel.review.access.link import Login
    from flywheel.settings import Settings

_WHO: Final = {True: "Reviewing as {name}.", False: "Users log in by name."}


@app.command(
    epilog=examples(
        "flywheel review",
        "flywheel review --reviewer rosa --port 0",
        "flywheel review --no-open --json",
    )
)
def review(
    host: Annotated[
        str | None,
        typer.Option(help="Where to listen.", show_default="FLYWHEEL_REVIEW__HOST, else 127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="On which port; 0: any free one.",
            show_default="FLYWHEEL_REVIEW__PORT, else 8765",
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option(
            help="The name that decisions are recorded under.", show_default="your user name"
        ),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Decide candidates in a web page: approve, edit, reject, skip.

    Opens with the link that is printed here. A link works once; the next one is printed then. With
    users (flywheel users) the others log in by name. When the queue is empty the batch is promoted:
    by Prefect where one is configured, else by the page.
    """
    from rich.console import Console

    from flywheel.review.server import base_url, bind, serve, warm_up

    settings = settings_for(home)
    name = _name(reviewer)
    host = host or settings.review.host
    listener = bind(host, settings.review.port if port is None else port)
    port = int(listener.getsockname()[1])
    base = (settings.review.public_url or base_url(host, port)).rstrip("/")
    login = _login(settings, host, base)
    link = login.link if login else f"{base}/login"
    web = _put_together(settings, name, host, port, login)

    def show(_: Console) -> None:  # as they are: a console would break a long link
        typer.echo(f"{_WHO[bool(login)].format(name=name)} Open this link; Ctrl-C ends:")
        typer.echo(link)

    emit({"login": link, "reviewer": name if login else None}, as_json, show)
    sys.stdout.flush()  # whoever reads this through a pipe waits for it
    warm_up(settings, web.state.review.shown)
    if not no_open:
        _open(link)
    with suppress(KeyboardInterrupt):  # uvicorn has ended in order and passes the signal on
        serve(web, listener)
    log.print("The review page is closed; every decision is recorded.")
    waiting = web.state.review.batch.count
    if waiting:
        log.print(f"{waiting} of this session's are not published yet: flywheel promote")


def _login(settings: "Settings", host: str, base: str) -> "Login | None":
    """The terminal's link; none where others can reach the page and it has users of its own."""
    from flywheel.review.access.gate import has_other_ways
    from flywheel.review.access.link import Login
    from flywheel.review.server import is_loopback

    if not is_loopback(host) and has_other_ways(settings):
        return None
    return Login(base, lambda link: typer.echo(f"signed in; for another browser: {link}", err=True))


def _put_together(
    settings: "Settings", name: str, host: str, port: int, login: "Login | None"
) -> "FastAPI":
    from functools import partial

    from flywheel.review.app import create_app
    from flywheel.steps.promote import run_promote
    from tasks.events import announce_decisions, announce_release

    return create_app(
        settings,
        reviewer=name,
        login=login,
        allowed_hosts=[host, *settings.review.allowed_hosts],
        cookie=f"flywheel_review_{port}",
        promote=partial(run_promote, settings, announce_release),
        on_finished=announce_decisions,
    )


def _name(reviewer: str | None) -> str:
    """The reviewer's name, from the option or the operating system."""
    try:
        name = (getpass.getuser() if reviewer is None else reviewer).strip()
    except (KeyError, OSError):  # a container's user without a name
        raise ConfigError("your user has no name here; give one with --reviewer NAME") from None
    if not name or len(name) > 100:
        raise ConfigError("--reviewer: a name of 1 to 100 characters is needed")
    return name


def _open(link: str) -> None:
    """Open a browser where there is one with a window of its own."""
    import os
    import webbrowser

    if sys.platform == "linux" and not os.environ.get("DISPLAY", os.environ.get("WAYLAND_DISPLAY")):
        return  # a text browser would take the terminal over
    webbrowser.open(link)
