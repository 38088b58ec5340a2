"""Named queries stand in files, parse, and bind their values."""

from importlib.resources import files

import duckdb
import pytest

from flywheel.settings import Settings
from flywheel.store import open_store
from flywheel.store.sql import fetch_rows, run_script, sql

NAMES = sorted(
    entry.name.removesuffix(".sql")
    for entry in (files("flywheel.store") / "queries").iterdir()
    if entry.name.endswith(".sql")
)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_parses(name: str) -> None:
    """One that the grammar refuses is found before a command runs it."""
    with duckdb.connect() as connection:
        assert connection.extract_statements(sql(name))


def test_a_script_gives_each_statement_the_values_that_it_names(settings: Settings) -> None:
    """DuckDB binds values for the last statement only; a script takes them one by one."""
    with open_store(settings).transaction() as connection:
        run_script(connection, "erase_find", {"user_key": "nobody", "unused": 1})
        row = connection.execute("SELECT count(*) FROM erased_candidates").fetchone()
    assert row == (0,)


def test_a_name_that_is_no_query_is_a_bug() -> None:
    """It fails with the file's name."""
    with pytest.raises(FileNotFoundError, match=r"nonsense\.sql"):
        sql("nonsense")


def test_rows_come_by_the_names_of_their_columns(settings: Settings) -> None:
    """Whatever order the query gives them in."""
    with open_store(settings).transaction() as connection:
        (row,) = fetch_rows(connection, "status")
        assert (row["interactions"], row["release"]) == (0, None)
        assert fetch_rows(connection, "read_releases") == []
