"""flywheel.desk.seen: nobody decides what is another's for now, or is not what they were shown."""

import pytest

from flywheel.desk import Desk, Filters, Viewer
from flywheel.errors import MeanwhileError
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from schemas.decision import Decision, Verdict
from tests.facts import add_candidate, add_draw
from tests.flywheel.desk.test_desk import say

ANN, BOB, CLEO = Viewer("ann"), Viewer("bob"), Viewer("cleo")


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


@pytest.fixture
def desk(settings: Settings, store: Store) -> Desk:
    """A desk without its background thread."""
    return Desk(settings)


def verdict_of(desk: Desk, case: str) -> Verdict | None:
    """What the case stands by."""
    file = desk.case(case, CLEO)
    assert file is not None
    return file.view.verdict


def test_what_another_has_open_is_theirs_to_decide(desk: Desk, store: Store) -> None:
    """Until the lease ends, or who wants to do it all the same says so; the holder just may."""
    case, other = add_candidate(store), add_candidate(store, question="b")
    desk.take(case, ANN)
    for verdict in ("approve", "edit", "reject", "skip", "send"):
        with pytest.raises(MeanwhileError, match="ann has this case open"):
            desk.decide(say(case, verdict), BOB)
    assert desk.decisions() == []
    desk.decide(say(case, "reject"), BOB, force=True)
    assert verdict_of(desk, case) is Verdict.REJECT
    desk.decide(say(case), ANN)
    assert verdict_of(desk, case) is Verdict.APPROVE
    desk.take(other, ANN, seconds=-1)
    desk.decide(say(other), BOB)


def test_two_that_judge_blind_have_it_open_side_by_side(desk: Desk, store: Store) -> None:
    """A third finds it taken; the one whose word is there does not keep the other from it."""
    case = add_candidate(store)
    add_draw(store, case, reviewers=2)
    desk.take(case, ANN)
    desk.take(case, BOB)
    with pytest.raises(MeanwhileError):
        desk.decide(say(case), CLEO)
    desk.decide(say(case), ANN)
    desk.decide(say(case, "reject"), BOB)


def test_what_is_not_as_it_was_shown_is_told(desk: Desk, store: Store) -> None:
    """Another state, another text; who says neither is not asked."""
    case, other = add_candidate(store), add_candidate(store, question="b")
    desk.decide(say(case, "reject"), BOB)
    with pytest.raises(MeanwhileError, match="Meanwhile this case was rejected by bob"):
        desk.decide(say(case), ANN, state="pending")
    desk.decide(say(case), ANN, state="rejected")
    with pytest.raises(MeanwhileError, match="text of this case has changed"):
        desk.decide(say(other, text_version="t-old"), ANN)
    desk.decide(say(other, text_version="t-old"), ANN, force=True)
    assert [made.decision.candidate_id for made in desk.decisions()] == [case, case, other]


def test_what_came_back_meanwhile_is_told(desk: Desk, store: Store) -> None:
    """New evidence brings a case back that somebody has open; nobody "pends" it."""
    case = add_candidate(store)
    first = desk.decide(say(case), ANN)
    desk.settle()
    desk.take(case, BOB)
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO reopenings (candidate_id, decision_id, reason, seq, code) "
            "VALUES (?, ?, 'A user corrected it.', nextval('reopening_seq'), 'corrected')",
            [case, first],
        )
    with pytest.raises(MeanwhileError, match="waits again: load it, and see why") as told:
        desk.decide(say(case, "reject"), BOB, state="approved")
    assert "ann" not in str(told.value)
    desk.decide(say(case, "reject"), BOB, state="pending")
    assert verdict_of(desk, case) is Verdict.REJECT


def test_the_same_words_again_meet_no_question(desk: Desk, store: Store) -> None:
    """A double click changes the state itself, and another may have opened the case since."""
    case = add_candidate(store)
    first = desk.decide(say(case), ANN, state="pending")
    desk.take(case, BOB)
    assert desk.decide(say(case), ANN, state="pending") == first


def test_ones_own_word_can_be_taken_back_while_another_looks(desk: Desk, store: Store) -> None:
    """It is no judgement of the case."""
    case = add_candidate(store)
    said = desk.decide(say(case), ANN)
    desk.take(case, BOB)
    desk.decide(say(case, "undo", undoes=said), ANN)
    assert verdict_of(desk, case) is None


def test_many_at_once_are_decided_as_they_stand(desk: Desk, store: Store) -> None:
    """Their number was confirmed; who has one of them open is told when deciding it."""
    case = add_candidate(store)
    desk.take(case, ANN)

    def make(_: object) -> Decision:
        return say(case, "reject")

    assert desk.decide_all(Filters(), BOB, make, 1).decided == 1
    with pytest.raises(MeanwhileError, match="rejected by bob"):
        desk.decide(say(case), ANN, state="pending")
