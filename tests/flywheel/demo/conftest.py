"""One demo run that the tests share: it takes some seconds."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from flywheel.settings import PROJECT
from tests.watching import loud


@dataclass(frozen=True)
class Run:
    """What one call of the command printed, and where it played."""

    code: int
    output: str
    errors: str
    home: Path
    logs: Path


def run_demo(
    *arguments: str | Path, temporary: Path, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """`flywheel demo` in a process of its own, at 80 columns, with settings that must not count.

    `temporary` is its folder for temporary files; a program that watches it may stand `before` it.
    """
    environment = {
        name: value
        for name, value in loud(os.environ).items()
        if not name.startswith(("FLYWHEEL_", "OPENAI_"))
    }
    environment |= {
        "COLUMNS": "80",
        "TMPDIR": str(temporary),
        "PREFECT_HOME": f"{temporary}-prefect",
        "FLYWHEEL_SALT": "the caller's own salt, which the demo must not use",
        "FLYWHEEL_DATABASE": "/nonexistent/production.duckdb",
        "FLYWHEEL_LLM__BASE_URL": "http://192.0.2.1/v1",
        "FLYWHEEL_GATE__MARGIN": "0.9",
    }
    return subprocess.run(
        [*before, sys.executable, "-m", "flywheel", "demo", *map(str, arguments)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The story told to a person, with the app's logs kept."""
    folder = tmp_path_factory.mktemp("demo")
    home, logs = folder / "home", folder / "logs"
    done = run_demo("--home", home, "--logs", logs, temporary=folder)
    return Run(done.returncode, done.stdout, done.stderr, home, logs)
