"""Which sources hold something new: a look at each, before any is read."""

from collections.abc import Sequence
from pathlib import Path

from flywheel.errors import SourceError
from flywheel.sources.plan import Cursor, plan_reading
from flywheel.steps.cursors import read_cursors
from flywheel.store import Store


def with_news(store: Store, paths: Sequence[Path]) -> list[Path]:
    """The paths that ingest would read something of, or that cannot be opened, in their order."""
    with store.transaction() as connection:
        cursors = read_cursors(connection)
    return [
        path
        for path in paths
        if (cursor := cursors.get(str(path.resolve()))) is None or _changed(path, cursor)
    ]


def _changed(path: Path, cursor: Cursor) -> bool:
    try:
        return plan_reading(path, cursor).change != "unchanged"
    except SourceError:
        return True  # reading it will say why
