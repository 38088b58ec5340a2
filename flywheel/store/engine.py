"""DuckDB's engine, kept from one transaction to the next: to start one takes as long as the rest.

It is idle between two transactions and has no file open then: the database is attached for one
transaction, and detached, which writes and closes it as ending the engine did.
"""

import atexit
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeAlias

import duckdb

Connection: TypeAlias = duckdb.DuckDBPyConnection

_ROW_GROUP: Final = 10_240
"""Rows. At each closing DuckDB makes whole row groups of what batches added, in memory: of the
default 122,880 rows with their texts that takes a gigabyte. A file may hold row groups of any size.
"""

_LOGS: Final = (".wal", ".wal.checkpoint", ".wal.recovery")
"""What DuckDB keeps beside a file while it writes; a process that is killed leaves it there."""

_BRIEF_S: Final = 0.25
"""A transaction that took longer may have filled gigabytes, which DuckDB gives back to the system
only as an engine ends; beside what it took, a start is nothing."""


class _Idle:
    """At most one engine that waits for the next transaction, and the path that it spills beside.

    One is enough: a process has one home, and its threads take turns at it.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._kept: tuple[Path, Connection] | None = None

    def take(self, spill: Path) -> Connection:
        """The engine that spills there, or a new one; it is the caller's alone."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            if kept[0] == spill:
                return kept[1]
            kept[1].close()
        return start_engine(spill)

    def keep(self, spill: Path, engine: Connection) -> None:
        """For the next one; the one that was kept ends."""
        with self._lock:
            kept, self._kept = self._kept, (spill, engine)
        if kept is not None:
            kept[1].close()

    def end(self) -> None:
        """There is none until one is kept again."""
        with self._lock:
            kept, self._kept = self._kept, None
            if kept is not None:
                kept[1].close()

    def hold(self) -> None:
        """Before a fork: an engine's threads, and who has the lock, would be missing in the child.

        No other thread keeps one until `let_go`.
        """
        self._lock.acquire()
        self.end()

    def let_go(self) -> None:
        """After the fork, in both processes."""
        self._lock.release()


_IDLE: Final = _Idle()
os.register_at_fork(before=_IDLE.hold, after_in_parent=_IDLE.let_go, after_in_child=_IDLE.let_go)
atexit.register(_IDLE.end)


@contextmanager
def opened(path: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """The database file, open and in use; raises `duckdb.Error`.

    After any error the engine is given up: DuckDB may have declared its own state invalid.
    """
    engine = _IDLE.take(path)
    began = time.monotonic()
    try:
        with engine.cursor() as session:  # temporary tables and settings end with it
            session.execute("SET enable_progress_bar = false")
            attach(session, path, "facts", read_only=read_only)
            session.execute("USE facts")
            yield session
    except BaseException:
        engine.close()
        raise
    _put_back(path, engine, brief=time.monotonic() - began < _BRIEF_S)


def _put_back(path: Path, engine: Connection, *, brief: bool) -> None:
    """Close the file. Where that fails, what was committed stands in the write-ahead log."""
    try:
        engine.execute("DETACH facts")
    except BaseException as error:
        engine.close()
        if not isinstance(error, duckdb.Error):
            raise
        return
    spilled = _spill_folder(path)
    if brief and not spilled.exists():
        _IDLE.keep(path, engine)
        return
    engine.close()
    if spilled.exists():  # by a process that died: an engine takes its own away
        shutil.rmtree(spilled, ignore_errors=True)


def _spill_folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp")


def start_engine(spill: Path) -> Connection:
    """DuckDB without a file; what does not fit into memory is spilled beside `spill`."""
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "temp_directory": str(_spill_folder(spill)),
    }
    connection = duckdb.connect(config=config)
    connection.execute("SET enable_progress_bar = false")  # after two seconds, on standard output
    return connection


def attach(connection: Connection, path: Path, name: str, *, read_only: bool = False) -> None:
    """Open a database file under a name; what is written to it stands in small row groups."""
    # ATTACH takes no bound values: the path is quoted as an SQL string.
    quoted = "'" + str(path).replace("'", "''") + "'"
    how = "READ_ONLY" if read_only else f"ROW_GROUP_SIZE {_ROW_GROUP}"
    connection.execute(f"ATTACH {quoted} AS {name} (TYPE duckdb, {how})")


def remove(path: Path) -> None:
    """A database file and its logs, whole or half."""
    path.unlink(missing_ok=True)
    remove_logs(path)


def remove_logs(path: Path) -> None:
    """What a process that was killed left beside a file that does not need it."""
    for ending in _LOGS:
        path.with_name(path.name + ending).unlink(missing_ok=True)
