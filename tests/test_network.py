"""Nothing phones home: runs, watched from outside, open no connection beyond loopback.

The whole story is watched as well: in tests/flywheel/demo/test_story.py, which plays it anyway.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.watching import loud, outside, watched

ROOT = Path(__file__).resolve().parent.parent


def _watch(strace: str, log: Path, command: Sequence[str], home: Path) -> str:
    home.mkdir(exist_ok=True)
    here = {"PREFECT_HOME": str(home / "prefect"), "FLYWHEEL_HOME": str(home)}
    done = subprocess.run(
        [*watched(strace, log), *command],
        cwd=ROOT,
        env=loud(os.environ) | here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def test_the_watch_sees_a_connection(strace: str, tmp_path: Path) -> None:
    """A check that cannot fail proves nothing: a packet to a documentation address is caught."""
    code = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "try: s.connect(('192.0.2.1', 9))\nexcept OSError: pass"
    )
    _watch(strace, tmp_path / "log", [sys.executable, "-c", code], tmp_path)
    assert outside(tmp_path / "log") == {"192.0.2.1"}


def test_a_flow_and_its_server_stay_on_this_machine(
    strace: str, tmp_path: Path, prefect_database: Path
) -> None:
    """A flow and the temporary Prefect server that it starts, settings as shipped."""
    (tmp_path / "home" / "prefect").mkdir(parents=True)
    shutil.copyfile(prefect_database, tmp_path / "home" / "prefect" / "prefect.db")
    source = tmp_path / "events.jsonl"
    source.write_text(
        '{"type": "interaction", "id": "i1", "time": "2025-01-06T09:00:00Z", '
        '"messages": [{"role": "user", "content": "What was revenue?"}], "output": "12 million"}\n'
    )
    command = [sys.executable, "-m", "flows.ingest", str(source)]
    said = _watch(strace, tmp_path / "log", command, tmp_path / "home")
    assert "ingest: Completed. 1 interactions and 0 feedback new" in said
    assert "sens-o-matic" not in said
    assert (tmp_path / "home" / "flywheel.duckdb").exists()
    assert outside(tmp_path / "log") == set()
