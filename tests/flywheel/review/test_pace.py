"""How much is left to decide is a count: never below nothing, and not kept for ever."""

import pytest

from flywheel.desk import Desk, Filters, Viewer
from flywheel.review import pace
from flywheel.review.pace import Paces
from flywheel.settings import Settings
from flywheel.store import open_store
from tests.facts import add_candidate

ANN = Viewer("ann")


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """With one case that waits."""
    add_candidate(open_store(settings), question="How large was the dividend?")
    return Desk(settings)


def test_nothing_is_left_of_nothing(desk: Desk) -> None:
    """A decision elsewhere does not make a selection that was empty less than empty."""
    paces, empty = Paces(desk), Filters(feature="no such")
    assert paces.of(ANN, empty, team=False).left == 0
    assert paces.of(ANN, Filters(), team=False).left == 1
    paces.add("ann", "acme")
    assert paces.of(ANN, empty, team=False).left == 0
    assert paces.of(ANN, Filters(), team=False).left == 0


def test_one_of_two_verdicts_leaves_as_much_to_the_others(desk: Desk) -> None:
    """A colleague's bar does not tell that somebody has judged what they are about to judge."""
    paces, bob = Paces(desk), Viewer("bob")
    assert [paces.of(one, Filters(), team=False).left for one in (ANN, bob)] == [1, 1]
    paces.add("ann", "acme", settles=False)
    assert [paces.of(one, Filters(), team=False).left for one in (ANN, bob)] == [0, 1]


def test_what_is_out_of_date_is_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every search is a selection of its own: a server that runs for weeks keeps none of them."""
    monkeypatch.setattr(pace, "_FRESH_S", 0.0)
    paces = Paces(desk)
    for number in range(20):
        paces.of(ANN, Filters(text=f"dividend {number}"), team=False)
    assert len(paces._left) <= 1
