"""Brings a database to today's schema: numbered SQL files, each applied once."""

from functools import cache
from importlib.resources import files
from typing import Final

import duckdb

from flywheel.errors import NewerError

_VERSION: Final = """
CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""
_APPLIED: Final = "SELECT number FROM migrations"


@cache
def migrations() -> tuple[tuple[int, str, str], ...]:
    """Number, name and SQL of each migration, in order."""
    folder = files("flywheel.store") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return tuple((int(name[:4]), name, (folder / name).read_text("utf-8")) for name in names)


def is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has today's schema; raises `NewerError` for one of a newer version."""
    try:
        return _applied(connection) >= {number for number, _, _ in migrations()}
    except duckdb.CatalogException:  # no table of versions: a new database
        return False


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply what is missing, each in a transaction of its own.

    Raises `NewerError` for a database of a newer version.
    """
    connection.execute(_VERSION)
    have = _applied(connection)
    for number, name, sql in migrations():
        if number not in have:
            connection.begin()
            connection.execute(sql)
            connection.execute(
                "INSERT INTO migrations (number, name) VALUES (?, ?)", [number, name]
            )
            connection.commit()


def _applied(connection: duckdb.DuckDBPyConnection) -> set[int]:
    have = {number for (number,) in connection.execute(_APPLIED).fetchall()}
    newest = max(have, default=0)
    if newest > migrations()[-1][0]:
        raise NewerError(
            f"the database has schema {newest}, newer than this version knows; upgrade"
        )
    return have
