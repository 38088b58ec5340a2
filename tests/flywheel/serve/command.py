"""Runs `flywheel serve` as a process of its own, from the printed address to Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any


@dataclass
class Serving:
    """The running command; code and errors are known once it ended."""

    started: dict[str, Any]
    pid: int
    code: int | None = None
    errors: str = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self.started["url"])


@contextmanager
def serving(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """The command on a free port; ended with Ctrl-C."""
    command = [sys.executable, "-m", "flywheel", "serve", "--json", "--port", "0"]
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(
            [*command, "--home", str(home)],
            env={**os.environ, **(environment or {})},
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
            service = Serving(json.loads(line), process.pid)
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
        service.code = process.returncode
        errors.seek(0)
        service.errors = errors.read()
