"""Opens the database for one transaction at a time, across processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
from filelock import FileLock, Timeout

from flywheel.errors import StoreError
from flywheel.settings import Settings
from flywheel.store.migrate import migrate

Connection: TypeAlias = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Store:
    """Where the facts are. Holds no connection: each transaction opens its own."""

    path: Path
    lock_timeout_s: float = 60

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any error.

        Never hold it across a model call, a scrub or a page render. Raises `StoreError` as `turn`.
        """
        with self.turn(), connect(self.path) as connection:
            connection.begin()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """This process's turn at the database file: DuckDB lets one process in at a time.

        Raises `StoreError` after `lock_timeout_s` seconds of waiting.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{self.path}.lock", timeout=self.lock_timeout_s, mode=0o600)
        try:
            lock.acquire(poll_interval=0.01)
        except Timeout:
            raise StoreError(
                f"{self.path}: another process has held the database for over "
                f"{self.lock_timeout_s:g} s; wait for it, or raise FLYWHEEL_LOCK_TIMEOUT_S"
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
        raise StoreError(
            f"{path}: the database cannot be opened ({type(error).__name__})"
        ) from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        migrate(connection)
        yield connection
    finally:
        connection.close()


def open_store(settings: Settings) -> Store:
    """The store that the settings name."""
    return Store(settings.database_path, settings.lock_timeout_s)
