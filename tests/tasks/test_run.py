"""What the flows share: names of paths, settings, the way out of `python -m flows.NAME`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flywheel.settings import PROJECT
from tasks.run import settings_of_run, short_path


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


def test_a_users_mistake_exits_2(api: str, tmp_path: Path) -> None:
    """As the command line does: `python -m flows.NAME`. That it needs no server around it is tried
    in tests/test_network.py, where it is watched, too.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "FLYWHEEL_"))}
    here = {"HOME": str(tmp_path), "FLYWHEEL_HOME": str(tmp_path / "home"), "PREFECT_API_URL": api}
    done = subprocess.run(
        [sys.executable, "-m", "flows.ingest", str(tmp_path / "missing")],
        env=clean | here,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 2
    assert "no such file or folder" in done.stdout
