"""Searches a home for values that must not be in it: every file's bytes and every row's text."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from flywheel.demo.scenes import Searched
from flywheel.store import Store
from flywheel.store.sql import sql


def search_home(home: Path, store: Store, planted: Mapping[str, str]) -> Searched:
    """Look for each planted value (value to kind).

    The rows are read besides the database file, because DuckDB may store them compressed.
    """
    wanted = {value: value.encode() for value in planted}
    left: set[str] = set()
    files = size = 0
    for path in _files(home):
        data = path.read_bytes()
        files, size = files + 1, size + len(data)
        left |= {value for value, needle in wanted.items() if needle in data}
    for text in _rows(store):
        left |= {value for value in wanted if value in text}
    return Searched(
        planted=dict(sorted(Counter(planted.values()).items())),
        files=files,
        bytes=size,
        left=dict(sorted(Counter(planted[value] for value in left).items())),
    )


def _files(home: Path) -> Iterator[Path]:
    return (path for path in sorted(home.rglob("*")) if path.is_file() and not path.is_symlink())


def _rows(store: Store) -> list[str]:
    with store.transaction() as connection:
        rows = connection.execute(sql("demo_every_text")).fetchall()
    return ["\n".join(str(row[0]) for row in rows)]
