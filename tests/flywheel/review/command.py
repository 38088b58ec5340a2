"""Runs `flywheel review` as a process of its own, from the printed link to Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Any

from flywheel.settings import Settings


@dataclass
class Reviewing:
    """The running command; code and errors are known once it ended."""

    started: dict[str, Any]
    code: int | None = None
    errors: str = field(default="", repr=False)

    @property
    def link(self) -> str:
        """The login link that was printed."""
        return str(self.started["login"])

    @property
    def base(self) -> str:
        """The page's address."""
        return self.link.partition("/login")[0]


@contextmanager
def reviewing(settings: Settings, *arguments: str) -> Iterator[Reviewing]:
    """The command on a free port and the settings' home; ended with Ctrl-C."""
    command = [sys.executable, "-m", "flywheel", "review", "--no-open", "--json", "--port", "0"]
    home = str(settings.home)
    environment = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    environment |= {"PREFECT_HOME": f"{home}/prefect"}
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(
            [*command, "--home", home, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                process.wait()
                errors.seek(0)
                raise AssertionError(errors.read())
            page = Reviewing(json.loads(line))
            yield page
            process.send_signal(signal.SIGINT)
            page.code = process.wait(timeout=60)
            assert process.stdout.read() == "", "standard output holds one JSON object, no more"
            errors.seek(0)
            page.errors = errors.read()
        finally:
            process.kill()
