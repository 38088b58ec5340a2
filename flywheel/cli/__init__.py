"""The command line: each command parses its arguments and makes one call."""

import importlib
import importlib.util
import logging
import sys
from typing import Final

import typer

from flywheel.cli.app import app
from flywheel.errors import FlywheelError, UserError
from flywheel.settings import go_offline

_COMMANDS: Final = (
    "demo",
    "up",
    "ingest",
    "curate",
    "review",
    "decisions",
    "promote",
    "evaluate",
    "fewshot",
    "scrub",
    "exchange",
    "status",
    "quarantine",
    "release",
    "erase",
    "doctor",
)
"""The modules of this package that register commands, in the order `--help` lists them."""


def build() -> typer.Typer:
    """The application with every command registered; heavy imports wait inside the commands."""
    for name in _COMMANDS:
        if importlib.util.find_spec(f"flywheel.cli.{name}") is None:
            continue
        importlib.import_module(f"flywheel.cli.{name}")
    return app


def main() -> None:
    """Run the command line: exit 2 with one line for a user's mistake, a traceback for a bug."""
    go_offline()
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)  # libraries that set their own loggers to INFO stay quiet too
    logging.basicConfig(handlers=[handler], format="%(levelname)s %(message)s")
    try:
        sys.exit(build()(standalone_mode=False))
    except UserError as error:
        _stop(f"error: {error}", 2)
    except FlywheelError as error:
        _stop(f"error: {error}", 1)
    except (typer.Abort, KeyboardInterrupt):
        _stop("interrupted; what was committed stays, run the command again to go on", 130)
    except typer.TyperException as error:
        message = str(getattr(error, "format_message", error.__str__)())
        _stop(f"error: {message.rstrip('.')} (see: flywheel --help)", 2)


def _stop(message: str, code: int) -> None:
    print(message, file=sys.stderr)
    sys.exit(code)
