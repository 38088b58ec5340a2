"""A database is brought to today's schema once, and one of tomorrow is refused."""

from pathlib import Path

import pytest

from flywheel.errors import StoreError
from flywheel.store import Store
from flywheel.store.migrate import migrations


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a.duckdb")


def test_migrations_are_numbered_in_order() -> None:
    """The number is the version; one that was never released may be missing."""
    numbers = [number for number, _, _ in migrations()]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))


def test_each_is_applied_once(store: Store) -> None:
    """Opening again changes nothing."""
    for _ in range(2):
        with store.transaction() as connection:
            rows = connection.execute("SELECT number, name FROM migrations ORDER BY 1").fetchall()
    assert rows == [(number, name) for number, name, _ in migrations()]


def test_a_newer_database_is_refused(store: Store) -> None:
    """An old version must not write into what it does not know."""
    with store.transaction() as connection:
        connection.execute("INSERT INTO migrations (number, name) VALUES (9999, 'tomorrow')")
    with pytest.raises(StoreError, match="newer than this version knows; upgrade"):
        with store.transaction():
            pass
