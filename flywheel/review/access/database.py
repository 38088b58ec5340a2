"""Users, sessions, API tokens and login attempts: a SQLite file of its own, for several processes.

Not the DuckDB file: that lets one process in at a time, and every request asks here. No password,
token or session id is ever written, only what can be checked against them.
"""

import os
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_bytes
from typing import Final, TypeAlias

from flywheel.errors import NewerError, StoreError
from flywheel.people import fold
from flywheel.settings import Settings

FILE: Final = "access.sqlite"
Connection: TypeAlias = sqlite3.Connection
Row: TypeAlias = sqlite3.Row

_VERSION: Final = 1
_WAIT_S: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    login TEXT UNIQUE COLLATE NOCASE, -- what a provider or a proxy calls them, if not by name
    role TEXT NOT NULL,
    tenant TEXT,
    password TEXT, -- Argon2; none: they come by a provider or a proxy
    version INTEGER NOT NULL, -- another one ends their sessions and tokens
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- SHA-256 of the id in the cookie
    previous BLOB UNIQUE, -- of the id before the last rotation
    confirmed_at REAL, -- when the browser first sent the id of the last rotation
    kind TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    user_version INTEGER, -- none: somebody who is not in users
    role TEXT, -- of somebody who is not in users
    tenant TEXT,
    data TEXT NOT NULL,
    created_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    rotated_at REAL NOT NULL
) STRICT;

CREATE INDEX sessions_by_name ON sessions (name);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- SHA-256 of the token
    name TEXT NOT NULL COLLATE NOCASE,
    user_version INTEGER NOT NULL,
    label TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL,
    used_at REAL
) STRICT;

CREATE TABLE attempts (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    expires_at REAL NOT NULL
) STRICT;
"""


class Database:
    """The file; each transaction opens its own connection and closes it."""

    def __init__(self, path: Path) -> None:
        """Make the file, readable by its owner alone. Raises `StoreError` when it cannot be had."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _make_private(path)
            path.chmod(0o600)  # a restored copy may be open to all; SQLite's other files follow it
        except OSError as error:
            raise StoreError(f"{path}: cannot be made ({error.strerror})") from None
        with self.transaction() as connection:
            _prepare(connection, path)
        # The last connection to close empties the log and syncs the file. With one that stays, a
        # transaction costs one sync in place of four.
        self._stays = sqlite3.connect(path, _WAIT_S, check_same_thread=False)
        weakref.finalize(self, self._stays.close)
        self._stays.execute("SELECT 1 FROM users").fetchone()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One writer's turn: commits at the end, rolls back on any error."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look that waits for no writer."""
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with closing(sqlite3.connect(self.path, _WAIT_S, isolation_level=None)) as connection:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                # NOCASE knows ASCII alone.
                connection.create_function("fold", 1, _fold, deterministic=True)
                yield connection
        except sqlite3.Error as error:  # its message could quote a value
            kind = getattr(error, "sqlite_errorname", type(error).__name__)
            raise StoreError(f"{self.path}: cannot be used ({kind})") from None


def _fold(name: str | None) -> str | None:
    return None if name is None else fold(name)


def _make_private(path: Path) -> None:
    """An empty file that only its owner reads; who comes second leaves the first's.

    It is closed before it has its name: a process that closes any handle of a file loses all its
    locks on it, SQLite's too.
    """
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".access-")  # mode 0600
    os.close(handle)
    try:
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        os.unlink(aside)


def _prepare(connection: Connection, path: Path) -> None:
    """Make the tables in a new file, and the key that cookies are signed with."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == _VERSION:
        return
    if version:
        raise NewerError(f"{path}: of a newer version of this program; upgrade")
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute("INSERT INTO secrets VALUES ('signing', ?)", (token_bytes(32),))
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def signing_key(database: Database) -> bytes:
    """The key of this home: a restart ends no session, and two processes share theirs."""
    with database.reading() as connection:
        row = connection.execute("SELECT value FROM secrets WHERE name = 'signing'").fetchone()
    return bytes(row["value"])


def open_database(settings: Settings) -> Database:
    """The database of a home."""
    return Database(settings.home / FILE)
