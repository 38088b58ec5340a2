"""Processes take turns; nobody starves, and who waits says so."""

import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from flywheel.errors import StoreError
from flywheel.store import turn
from flywheel.store.turn import take_turn

LOOP = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from flywheel.store.turn import take_turn
    path, mine, end = Path(sys.argv[1]), Path(sys.argv[2]), time.monotonic() + float(sys.argv[3])
    turns = 0
    while time.monotonic() < end:
        with take_turn(path, 60):
            turns += 1
            time.sleep(0.02)
    mine.write_text(str(turns))
    """
)


def test_two_in_tight_loops_both_get_on(tmp_path: Path) -> None:
    """Who asks again at once, having just had the turn, does not always win."""
    counts = [tmp_path / "one", tmp_path / "two"]
    loops = [
        subprocess.Popen([sys.executable, "-c", LOOP, tmp_path / "db", count, "4"])
        for count in counts
    ]
    assert [loop.wait(timeout=120) for loop in loops] == [0, 0]
    few, many = sorted(int(count.read_text()) for count in counts)
    assert many < 4 * few


def test_who_just_had_the_turn_stands_behind_who_waits(tmp_path: Path) -> None:
    """In one process the order is exact: the waiting thread is next."""
    path, order = tmp_path / "db", []

    def wait() -> None:
        with take_turn(path, 30):
            order.append("waited")

    with take_turn(path, 30):
        waiting = threading.Thread(target=wait)
        waiting.start()
        gate = FileLock(f"{path}.gate")
        while _is_free(gate):
            time.sleep(0.01)
    with take_turn(path, 30):
        order.append("again")
    waiting.join()
    assert order == ["waited", "again"]


def test_who_waits_names_who_has_the_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The process by its number, never by what it was given."""
    monkeypatch.setattr(turn, "FIRST_NOTICE_S", 0.05)
    path = tmp_path / "db"
    with take_turn(path, 30), caplog.at_level(logging.WARNING), pytest.raises(StoreError) as caught:
        with take_turn(path, 0.5):
            pass
    assert "FLYWHEEL_LOCK_TIMEOUT_S" in str(caught.value)
    said = [record.getMessage() for record in caplog.records]
    assert 1 <= len(said) <= 4 and said[0].startswith("waiting for the database")
    if Path("/proc/locks").exists():
        assert f"process {os.getpid()}" in said[0] and f"process {os.getpid()}" in str(caught.value)


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    """The kernel lets go of its locks."""
    path = tmp_path / "db"
    code = "import os,sys; from pathlib import Path; from flywheel.store.turn import take_turn\n"
    code += f"with take_turn(Path({str(path)!r}), 5): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with take_turn(path, 5):
        assert Path(f"{path}.lock").exists()


def _is_free(gate: FileLock) -> bool:
    try:
        with gate.acquire(timeout=0):
            return True
    except TimeoutError:
        return False
