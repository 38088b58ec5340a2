"""The hash over all facts sees every column of every fact, and nothing of how it came."""

from pathlib import Path

import pytest

from flywheel.settings import Settings
from flywheel.steps.facts import facts_hash
from flywheel.store import Store, open_store
from tests.facts import add_feedback, add_interaction


@pytest.fixture
def store(settings: Settings) -> Store:
    store = open_store(settings)
    add_interaction(store, id="i-1")
    add_feedback(store, "i-1", "share", id="f-1")
    return store


def change(store: Store, statement: str) -> None:
    with store.transaction() as connection:
        connection.execute(statement)


@pytest.mark.parametrize("table", ["interactions", "feedback"])
def test_the_batch_does_not_matter(store: Store, table: str) -> None:
    """It is about when and from which file a fact came."""
    before = facts_hash(store)
    change(store, f"UPDATE {table} SET batch_id = 'another'")
    assert facts_hash(store) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE interactions SET output = output || '.'",
        "UPDATE interactions SET time = time + INTERVAL 1 MICROSECOND",
        "UPDATE interactions SET consent = NOT consent",
        "UPDATE interactions SET few_shot_ids = ['e-1']",
        "UPDATE feedback SET value = 0.5",
        "UPDATE feedback SET user_key = NULL",
        "DELETE FROM feedback",
    ],
)
def test_every_other_column_matters(store: Store, statement: str) -> None:
    """The smallest change gives another hash."""
    before = facts_hash(store)
    change(store, statement)
    assert facts_hash(store) != before


def test_the_order_of_insertion_does_not_matter(tmp_path: Path) -> None:
    """Rows are sorted by id."""
    hashes = set()
    for name, ids in (("a", ["i-1", "i-2"]), ("b", ["i-2", "i-1"])):
        store = Store(tmp_path / f"{name}.duckdb")
        for id in ids:
            add_interaction(store, id=id)
        hashes.add(facts_hash(store))
    assert len(hashes) == 1
