"""Opens the database for one transaction at a time, across processes."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from flywheel.durable import sync_file, sync_folder
from flywheel.errors import NewerError, StoreError
from flywheel.settings import Settings
from flywheel.store.engine import Connection, opened, remove
from flywheel.store.migrate import is_current, migrate
from flywheel.store.turn import take_turn

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

_LOCKED: Final = "Could not set lock on file"
"""DuckDB's words; everybody here waits for their turn, so it is somebody else."""

_LOOK_S: Final = 2.0
"""How long who only looks at the version waits for a turn."""


@dataclass(frozen=True)
class Store:
    """Where the facts are. Holds no connection: each transaction opens the file anew."""

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
    def reading(self) -> Iterator[Connection | None]:
        """A look at the database that writes nothing; None when there is none.

        Raises `StoreError` as `turn`, and for a database of an older version.
        """
        if not self.path.exists():
            yield None
            return
        with self.turn(), connect(self.path, read_only=True) as connection:
            yield connection

    def refuse_newer(self) -> None:
        """Raise `NewerError` for a database of a newer version; one that is busy is none."""
        try:
            with Store(self.path, _LOOK_S).reading():
                pass
        except NewerError:
            raise
        except StoreError:
            pass

    @contextmanager
    def turn(self) -> Iterator[None]:
        """This process's turn at the database file: DuckDB lets one process in at a time.

        Raises `StoreError` after `lock_timeout_s` seconds of waiting, or where nothing can be
        written.
        """
        with take_turn(self.path, self.lock_timeout_s):
            yield


@contextmanager
def connect(path: Path, *, read_only: bool = False) -> Iterator[Connection]:
    """An open connection with today's schema; use `Store.transaction` unless you hold the lock."""
    with ExitStack() as stack:
        try:
            if not read_only and not path.exists():
                renew(path)
            connection = stack.enter_context(opened(path, read_only=read_only))
            if not read_only and not is_current(connection):
                stack.close()
                renew(path)
                connection = stack.enter_context(opened(path))
        except duckdb.Error as error:
            if _LOCKED in str(error):
                raise StoreError(
                    f"{path}: a program that takes no turns has the database open (DuckDB's shell, "
                    "a notebook); close it, then try again"
                ) from None
            raise StoreError(f"{path}: the database cannot be opened ({_why(error)})") from None
        except OSError as error:
            raise StoreError(f"{path}: the database cannot be made ({error.strerror})") from None
        connection.execute("SET TimeZone = 'UTC'")
        if read_only and not is_current(connection):
            raise StoreError(f"{path}: of another version; flywheel status brings it up to date")
        yield connection


def renew(path: Path) -> None:
    """Make the database, or bring it to today's schema: in a copy that then takes its place.

    Killed in between or on a full disk, the old file stands whole. DuckDB itself leaves half a
    file, and cannot replay some changes of a schema from its write-ahead log.
    """
    fresh = path.with_name(f"{path.name}.fresh")
    remove(fresh)
    if path.exists():
        with opened(path) as old:  # replays and empties the write-ahead log
            old.execute("FORCE CHECKPOINT")
        shutil.copy2(path, fresh)
    with opened(fresh) as connection:
        migrate(connection)
        connection.execute("FORCE CHECKPOINT")
    sync_file(fresh)
    os.replace(fresh, path)
    sync_folder(path.parent)


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
