"""The queue's order, its filters and what opens next."""

import pytest

from flywheel.review.queue import Filters, Place, Queue, read_queue, total
from flywheel.steps.candidates import count_candidates, read_candidates
from flywheel.store import Store
from schemas.candidate import Target
from tests.approve import decide
from tests.facts import add_candidate
from tests.flywheel.review.cases import add_cases

FOUR = Queue(
    (
        Place("a", "golden", "qa", False),
        Place("b", "bank", "qa", False),
        Place("c", "golden", None, False),
        Place("d", "golden", "qa", True),
    )
)


def test_the_order_is_that_of_read_candidates(store: Store) -> None:
    """The list without texts and the list with them never part, skipped ones included."""
    ids = add_cases(store)
    ids += [add_candidate(store, question=f"q{n}", p_good=n / 10) for n in range(8)]
    ids += [add_candidate(store, question="unscored", p_good=None)]
    decide(store, ids[0], "skip")
    decide(store, ids[2], "reject")
    for state in ("pending", "rejected"):
        with_texts = [view.candidate_id for view in read_candidates(store, state=state)]
        assert [place.candidate_id for place in read_queue(store, state).places] == with_texts
    assert read_queue(store).places[-1] == (ids[0], "golden", "report_summary", True)


@pytest.mark.parametrize(
    ("decided", "opens"),
    [("a", "b"), ("c", "d"), ("d", "a"), ("elsewhere", "a")],
)
def test_after_a_decision_the_one_behind_opens(decided: str, opens: str) -> None:
    """At the end it goes on with those that were passed over."""
    assert FOUR.after(decided) == opens


def test_the_last_skipped_ones_do_not_go_round_in_circles() -> None:
    """When all others are skipped, the end of the queue is the end."""
    skipped = Queue(tuple(place._replace(skipped=True) for place in FOUR.places))
    assert skipped.after("d") is None
    assert skipped.finished
    assert not FOUR.finished
    assert Queue(()).finished
    assert Queue(()).after("a") is None


def test_filters_narrow_the_queue_and_stand_in_the_address() -> None:
    """Target and feature combine; values are quoted."""
    narrow = FOUR.narrow(Filters(target=Target.GOLDEN, feature="qa"))
    assert [place.candidate_id for place in narrow.places] == ["a", "d"]
    assert Filters().query() == ""
    assert Filters(feature="a&b=c").query(page=2) == "?feature=a%26b%3Dc&page=2"
    assert Filters(state="approved", target=Target.BANK).query(target=None) == "?state=approved"


def test_counts_follow_the_filters(store: Store) -> None:
    """The tabs count within the chosen target and feature; the list of features is whole."""
    ids = add_cases(store)
    decide(store, ids[3])
    totals = total(count_candidates(store), Filters(target=Target.GOLDEN))
    assert totals.by_state == {"pending": 3, "approved": 1, "rejected": 0}
    assert totals.shown == 3
    assert totals.features == ("report_qa", "report_summary")
    assert total(count_candidates(store), Filters(feature="report_qa")).shown == 3
