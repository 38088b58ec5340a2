"""Named queries: one file of SQL each, in `queries/`."""

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """The text of `queries/NAME.sql`; its values are bound, never pasted in."""
    return (files("flywheel.store") / "queries" / f"{name}.sql").read_text("utf-8")
