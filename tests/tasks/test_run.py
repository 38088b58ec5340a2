"""What the flows share: names of paths, settings, the way out of `python -m flows.NAME`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flywheel.settings import PROJECT
from tasks.run import settings_of_run, short_path
from tests.streams import stream, write


def test_a_path_below_the_working_directory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run names and tables show what people typed, not the machine's folders."""
    monkeypatch.chdir(tmp_path)
    assert short_path(tmp_path / "data/inbox/a.jsonl") == "data/inbox/a.jsonl"
    assert short_path("data/inbox") == "data/inbox"
    assert short_path("/elsewhere/a.jsonl") == "/elsewhere/a.jsonl"


def test_the_parameter_home_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty field of the form means: as configured."""
    monkeypatch.setenv("FLYWHEEL_HOME", str(tmp_path / "configured"))
    assert settings_of_run("").home == tmp_path / "configured"
    assert settings_of_run(str(tmp_path / "given")).home == tmp_path / "given"


def _run(module: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`python -m flows.NAME` as a person without any Prefect server types it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "FLYWHEEL_"))}
    return subprocess.run(
        [sys.executable, "-m", f"flows.{module}", *arguments],
        env=clean | {"HOME": str(folder), "FLYWHEEL_HOME": str(folder / "home")},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def test_a_flow_runs_without_a_server_around_it(tmp_path: Path) -> None:
    """Prefect starts one for the run, which sends nothing home and is gone afterwards."""
    source = write(tmp_path / "events.jsonl", stream(5))
    done = _run("ingest", str(source), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "ingest: Completed. 5 interactions and 7 feedback new" in done.stdout
    assert "sens-o-matic" not in done.stderr


def test_a_users_mistake_exits_2(tmp_path: Path) -> None:
    """As the command line does."""
    done = _run("ingest", str(tmp_path / "missing"), folder=tmp_path)
    assert done.returncode == 2
    assert "no such file or folder" in done.stdout
