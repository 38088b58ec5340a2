"""Whose turn it is: one process at a time, and nobody is passed over by a faster one."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from flywheel.errors import StoreError

_log: Final = logging.getLogger(__name__)
_POLL_S: Final = 0.01
FIRST_NOTICE_S: Final = 3.0
"""Who waits this long says so on standard error, and again after twice as long each time."""


@contextmanager
def take_turn(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock of the file `path`; the kernel lets go of it when the process dies.

    Who waits for the lock holds the gate, so who just had the lock and asks again, however fast,
    stands behind the gate. Raises `StoreError` after `timeout_s` seconds, or where nothing can be
    written.
    """
    deadline = time.monotonic() + timeout_s
    gate, lock = (FileLock(f"{path}.{name}", mode=0o600) for name in ("gate", "lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _acquire(gate, path, deadline, timeout_s)
        try:
            _acquire(lock, path, deadline, timeout_s)
        finally:
            gate.release()
    except OSError as error:
        raise StoreError(
            f"{path.parent}: the database cannot be opened here ({error.strerror})"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, path: Path, deadline: float, timeout_s: float) -> None:
    notice = FIRST_NOTICE_S
    while True:
        left = deadline - time.monotonic()
        try:
            lock.acquire(timeout=max(0, min(left, notice)), poll_interval=_POLL_S)
            return
        except Timeout:
            if left <= notice:
                raise StoreError(
                    f"{path}: another process has held the database for over {timeout_s:g} s"
                    f"{_who(path)}; wait for it, or raise FLYWHEEL_LOCK_TIMEOUT_S"
                ) from None
            _log.warning("waiting for the database%s", _who(path))
            notice *= 2


def _who(path: Path) -> str:
    """` (process 7, flywheel ingest)`, where the system tells who has the lock."""
    with suppress(OSError, ValueError, IndexError):
        status = os.stat(f"{path}.lock")
        place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
        for line in Path("/proc/locks").read_text("utf-8").splitlines():
            fields = line.split()  # 1: FLOCK ADVISORY WRITE 7 fe:00:1234 0 EOF
            if fields[1] == "FLOCK" and fields[5] == place and int(fields[4]) > 0:
                return f" (process {fields[4]}{_command(int(fields[4]))})"
    return ""


def _command(pid: int) -> str:
    """The command of another process, without what it was given: that could be a name."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    names = [os.path.basename(word) for word in words]
    if b"flywheel" not in names:
        return ""
    word = words[names.index(b"flywheel") + 1].decode("ascii", "replace")
    return f", flywheel {word}" if word.isalpha() and word.islower() else ", flywheel"
