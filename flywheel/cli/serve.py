"""`flywheel serve`: the few-shot bank over HTTP."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from flywheel.cli.app import AsJson, Home, app, emit, examples, log, settings_for
from flywheel.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from flywheel.serve.keys import Keys
    from flywheel_client import Bank

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command(
    epilog=examples(
        "flywheel serve",
        "flywheel serve --workers 4",
        "flywheel serve --releases s3://acme-prompts/releases --port 0 --json",
        "curl 'http://127.0.0.1:8770/v1/fewshot?query=What+was+revenue&k=2'",
    )
)
def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Where to listen.", show_default="FLYWHEEL_SERVE__HOST, else 127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="On which port; 0: any free one.",
            show_default="FLYWHEEL_SERVE__PORT, else 8770",
        ),
    ] = None,
    releases: Annotated[
        str | None,
        typer.Option(
            help="A folder, or s3://, gs://, az://.",
            show_default="FLYWHEEL_SERVE__RELEASES, else the home's",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Processes that answer; one fills one core.",
            show_default="FLYWHEEL_SERVE__WORKERS, else 1",
        ),
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Serve few-shot examples to applications that are not in Python, until Ctrl-C.

    GET or POST /v1/fewshot, /openapi.json, /health, /metrics; the code is the client's. It starts
    without a release, and serves the first that is published.
    """
    from flywheel.review.server import base_url, bind
    from flywheel.serve.keys import Keys
    from flywheel.serve.source import open_bank
    from flywheel.serve.workers import serve_by, serve_here

    settings = settings_for(home)
    host, workers = host or settings.serve.host, workers or settings.serve.workers
    keys = Keys(settings.serve.api_keys)
    _check_keys(host, keys)
    with open_bank(settings, releases) as bank:
        listener = bind(host, settings.serve.port if port is None else port)
        url = base_url(host, int(listener.getsockname()[1]))
        said = {"url": url, "release": bank.release, "examples": len(bank)}
        emit(said, as_json, lambda console: _show(console, url, bank, keys))
        sys.stdout.flush()  # whoever reads this through a pipe waits for it
        with suppress(KeyboardInterrupt):  # uvicorn has ended in order, and passes it on
            if workers == 1:
                serve_here(bank, settings, listener)
            else:
                bank.close()  # each worker opens it for itself
                serve_by(workers, settings, releases, listener)
    log.print("The service is closed.")


def _check_keys(host: str, keys: "Keys") -> None:
    if host not in _LOOPBACK and not keys:
        raise ConfigError(
            f"{host}: beyond loopback a key is needed; set FLYWHEEL_SERVE__API_KEYS, such as "
            '{"acme": "a key of 16 characters or more"}'
        )


def _show(console: "Console", url: str, bank: "Bank", keys: "Keys") -> None:
    served = (
        f"{len(bank)} examples of release {bank.release}"
        if bank.release
        else "nothing yet: no good release is published there"
    )
    console.print(f"Serving {served}.", soft_wrap=True)
    needed = "a key is needed" if keys else "no key is needed"
    console.print(f"{url}/v1/fewshot?query=…  ({needed}; Ctrl-C ends)", soft_wrap=True)
