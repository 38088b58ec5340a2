"""Named queries: one file of SQL each, in `queries/`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb


@cache
def sql(name: str) -> str:
    """The text of `queries/NAME.sql`; its values are bound, never pasted in."""
    return (files("flywheel.store") / "queries" / f"{name}.sql").read_text("utf-8")


def run_script(
    connection: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, object]
) -> None:
    """Run `queries/NAME.sql` of several statements, each with those of the values that it names."""
    for statement in connection.extract_statements(sql(name)):
        named = {key: values[key] for key in statement.named_parameters}
        connection.execute(statement, named)
