"""flywheel.desk.refill: the page keeps the queue a sample."""

import pytest

from flywheel.desk import Desk, Filters, Viewer
from flywheel.desk.refill import Refill
from flywheel.desk.tables import FILE, Tables
from flywheel.settings import Settings
from flywheel.steps.draw import run_draw
from flywheel.store import open_store
from tests.facts import add_candidate, count_rows


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """A desk with one drawn case and forty that were not."""
    store = open_store(settings)
    for number in range(41):
        add_candidate(store, question=f"What was item {number}?")
    run_draw(settings, size=1)
    desk = Desk(settings)
    desk.refresh()
    return desk


def test_a_round_is_drawn_when_few_drawn_cases_wait(desk: Desk, settings: Settings) -> None:
    """Nobody has to run curate for it; a second look draws nothing more."""
    tables, store = Tables(settings.home / FILE), open_store(settings)
    assert Refill(settings).look(tables)
    assert count_rows(store, "draws") == 41
    desk.refresh()
    assert all(entry.stratum for entry in desk.find(Filters(), Viewer("ann"), limit=100))
    assert not Refill(settings).look(tables)


def test_without_a_first_round_none_is_drawn(settings: Settings) -> None:
    """A queue of imported cases is no sample, and stays in the order that it has."""
    store = open_store(settings)
    add_candidate(store)
    desk = Desk(settings)
    desk.refresh()
    assert not Refill(settings).look(Tables(settings.home / FILE))
    assert count_rows(store, "draws") == 0
