"""The command line: each command parses its arguments and makes one call."""

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import typer

_COMMANDS: Final = (
    "demo",
    "up",
    "ingest",
    "curate",
    "review",
    "users",
    "decisions",
    "agreement",
    "refit",
    "promote",
    "evaluate",
    "fewshot",
    "serve",
    "uplift",
    "coverage",
    "scrub",
    "exchange",
    "status",
    "quarantine",
    "release",
    "erase",
    "doctor",
)
"""The modules of this package that register commands, in the order `--help` lists them."""


def build() -> "typer.Typer":
    """The application with every command registered; heavy imports wait inside the commands."""
    import importlib
    import importlib.util

    from flywheel.cli.app import app, flow_help

    for name in _COMMANDS:
        if importlib.util.find_spec(f"flywheel.cli.{name}") is None:
            continue
        importlib.import_module(f"flywheel.cli.{name}")
    flow_help(app)
    return app


def main() -> None:
    """Run the command line: exit 2 with one line for a user's mistake, a traceback for a bug."""
    # Nothing heavy before this line: Ctrl-C can come while modules are still being imported.
    from flywheel.cli.ending import Interrupts, ending_of, without_text

    with Interrupts() as interrupts:
        try:
            sys.exit(_run())
        except BaseException as error:
            ending = ending_of(error, interrupted=interrupts.came)
            if ending is None:
                if not isinstance(error, Exception):
                    raise
                ending = without_text(error), 1
            message, code = ending
            print(message, file=sys.stderr)
            sys.exit(code)


def _run() -> int | None:
    import logging

    from flywheel.offline import go_offline

    go_offline()
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)  # libraries that set their own loggers to INFO stay quiet too
    logging.basicConfig(handlers=[handler], format="%(levelname)s %(message)s")
    code: int | None = build()(standalone_mode=False)
    return code
