"""Nothing phones home: a whole run, watched from outside, opens no connection beyond loopback."""

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


@pytest.fixture(scope="module")
def strace() -> str:
    """The system calls of a process and all its children: no library can hide from that."""
    path = shutil.which("strace")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed (Debian package: strace)")
    return path


def _outside(log: Path) -> set[str]:
    """Addresses beyond loopback that somebody connected or sent to; a DNS server is one as well."""
    addresses = {a or b for a, b in _ADDRESS.findall(log.read_text("utf-8", "replace"))}
    return {a for a in addresses if not ipaddress.ip_address(a).is_loopback}


def _watch(strace: str, log: Path, command: Sequence[str], home: Path) -> str:
    home.mkdir(exist_ok=True)
    watched = [strace, "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg"]
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "GX_"))}
    environment = keep | {"PREFECT_HOME": str(home / "prefect"), "FLYWHEEL_HOME": str(home)}
    environment.pop("DO_NOT_TRACK", None)  # a user has not set it: what ships must be enough
    done = subprocess.run(
        [*watched, "-o", str(log), *command],
        cwd=ROOT,
        env=environment,
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
    assert _outside(tmp_path / "log") == {"192.0.2.1"}


def test_the_whole_story_stays_on_this_machine(strace: str, tmp_path: Path) -> None:
    """Ingest to gate, with Presidio, Great Expectations, DuckDB and the openai client."""
    command = [str(Path(sys.executable).parent / "flywheel"), "demo", "--home"]
    said = _watch(strace, tmp_path / "log", [*command, str(tmp_path / "demo")], tmp_path)
    assert "v2 was stopped" in said
    assert "127.0.0.1" in (tmp_path / "log").read_text(), "the models' server was on loopback"
    assert _outside(tmp_path / "log") == set()


def test_a_flow_and_its_server_stay_on_this_machine(strace: str, tmp_path: Path) -> None:
    """A flow and the temporary Prefect server that it starts, settings as shipped."""
    source = tmp_path / "events.jsonl"
    source.write_text(
        '{"type": "interaction", "id": "i1", "time": "2025-01-06T09:00:00Z", '
        '"messages": [{"role": "user", "content": "What was revenue?"}], "output": "12 million"}\n'
    )
    command = [sys.executable, "-m", "flows.ingest", str(source)]
    _watch(strace, tmp_path / "log", command, tmp_path / "home")
    assert (tmp_path / "home" / "flywheel.duckdb").exists()
    assert _outside(tmp_path / "log") == set()
