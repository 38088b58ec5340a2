"""How often a case was asked is read less often than all else while an ingest runs."""

import pytest

from flywheel.desk import Desk, Filters, Viewer
from flywheel.desk.mirror import refresh
from flywheel.desk.tables import FILE, Tables
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from tests.facts import add_candidate, add_interaction

ANN = Viewer("ann")


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


def test_it_is_left_for_later_and_not_forgotten(store: Store, settings: Settings) -> None:
    """New cases come at once; the answers of known ones when it is their turn, even if nothing
    else changed in between."""
    add_candidate(store, question="Asked again?")
    tables = Tables(settings.home / FILE)
    refresh(tables, store)
    add_interaction(store, "Asked again?", context=None)
    new = add_candidate(store, question="New?")
    assert refresh(tables, store, counts=False)
    desk = Desk(settings)
    desk._seen = desk._fingerprint()
    variants = {entry.candidate_id: entry.variants for entry in desk.find(Filters(), ANN)}
    assert variants[new] == 1 and sum(variants.values()) == 2
    assert refresh(tables, store, counts=True)
    assert sum(entry.variants for entry in desk.find(Filters(), ANN)) == 3
    assert not refresh(tables, store, counts=True)
