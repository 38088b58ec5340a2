"""Opens the database for one transaction at a time, across processes."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import duckdb
from filelock import FileLock, Timeout

from flywheel.errors import StoreError
from flywheel.settings import Settings
from flywheel.store.migrate import migrate

Connection: TypeAlias = duckdb.DuckDBPyConnection
_DISK_FAULTS: Final = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,  # a commit that could not be written
)
_SYSTEM_WORDS: Final = tuple(
    os.strerror(code)
    for code in (
        errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO, errno.EISDIR,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Store:
    """Where the facts are. Holds no connection: each transaction opens its own."""

    path: Path
    lock_timeout_s: float = 60

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any error.

        Never hold it across a model call, a scrub or a page render. Raises `StoreError` as `turn`,
        and when the disk is full or fails.
        """
        with self.turn(), _disk_faults_told(self.path), connect(self.path) as connection:
            connection.begin()
            try:
                yield connection
            except BaseException:
                with suppress(duckdb.Error):  # after a disk fault there is nothing to roll back
                    connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """This process's turn at the database file: DuckDB lets one process in at a time.

        Raises `StoreError` after `lock_timeout_s` seconds of waiting, or where nothing can be
        written.
        """
        lock = FileLock(f"{self.path}.lock", timeout=self.lock_timeout_s, mode=0o600)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(poll_interval=0.01)
        except Timeout:
            raise StoreError(
                f"{self.path}: another process has held the database for over "
                f"{self.lock_timeout_s:g} s; wait for it, or raise FLYWHEEL_LOCK_TIMEOUT_S"
            ) from None
        except OSError as error:
            raise StoreError(
                f"{self.path.parent}: the database cannot be opened here ({error.strerror})"
            ) from None
        try:
            yield
        finally:
            lock.release()


@contextmanager
def connect(path: Path) -> Iterator[Connection]:
    """An open connection with today's schema; use `Store.transaction` unless you hold the lock."""
    try:
        connection = duckdb.connect(str(path), config={"autoinstall_known_extensions": False})
    except duckdb.Error as error:
        raise StoreError(f"{path}: the database cannot be opened ({_why(error)})") from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        migrate(connection)
        yield connection
    finally:
        connection.close()


@contextmanager
def _disk_faults_told(path: Path) -> Iterator[None]:
    """A full or failing disk is no bug: one line; what was committed before stands."""
    try:
        yield
    except _DISK_FAULTS as error:
        raise StoreError(
            f"{path}: the transaction was not committed ({_why(error)}); nothing of it was "
            "written, run again when this is mended"
        ) from None


def _why(error: duckdb.Error) -> str:
    """The system's words in DuckDB's message, which may quote values, or the error's kind."""
    said = str(error)
    return next((words for words in _SYSTEM_WORDS if words in said), type(error).__name__)


def open_store(settings: Settings) -> Store:
    """The store that the settings name."""
    return Store(settings.database_path, settings.lock_timeout_s)
