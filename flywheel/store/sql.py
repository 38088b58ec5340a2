"""Named queries: one file of SQL each, in `queries/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb


@cache
def sql(name: str) -> str:
    """The text of `queries/NAME.sql`; its values are bound, never pasted in."""
    return (files("flywheel.store") / "queries" / f"{name}.sql").read_text("utf-8")


def fetch_rows(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object] | None = None
) -> list[dict[str, Any]]:
    """What `queries/NAME.sql` gives, each row by the names of its columns."""
    cursor = connection.execute(sql(name), values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def run_script(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object]
) -> None:
    """Run `queries/NAME.sql` of several statements, each with those of the values that it names."""
    for statement in connection.extract_statements(sql(name)):
        named = {key: values[key] for key in statement.named_parameters}
        connection.execute(statement, named)
