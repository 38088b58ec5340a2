"""The queue's address: what it selects, in its own form and in words."""

import pytest

from flywheel.desk import Counts, Filters
from flywheel.review.queue import Address, choices

EVERYTHING = Filters(
    state="pending",
    target="bank",
    feature="report_qa",
    tenant="acme",
    reason="judged_bad",
    signal="follow_up",
    model="v1",
    drawn="random",
    since="2025-01-06",
    until="2025-01-07",
    text="net income & more",
    mine=True,
    passed=True,
)


def test_no_filter_is_no_query() -> None:
    """What waits, all of it, has the short address."""
    address = Address()
    assert (address.query(), address.only_state(), address.said) == ("", "", "")
    assert not address.filtered


def test_every_filter_goes_along_and_can_be_changed() -> None:
    """None is lost on the way to the next case; values are encoded."""
    query = Address(EVERYTHING).query()
    assert query == (
        "?target=bank&feature=report_qa&tenant=acme&reason=judged_bad&signal=follow_up&model=v1"
        "&drawn=random&since=2025-01-06&until=2025-01-07&text=net+income+%26+more&mine=1&passed=1"
    )
    changed = Address(EVERYTHING).query(state="approved", target=None, text=None, page=3)
    assert "state=approved" in changed
    assert "page=3" in changed
    assert "target" not in changed
    assert Address(Filters(state="approved", feature="x")).only_state() == "?state=approved"


def test_going_back_to_pending_needs_no_word() -> None:
    """Pending is what the address means without a state."""
    assert Address(Filters(state="rejected")).query(state="pending") == ""


def test_filters_are_told_in_words() -> None:
    """What the bulk page names before it decides."""
    assert Address(EVERYTHING).said == (
        "target bank, feature report_qa, tenant acme, model v1, reason judged bad, "
        "signal follow up, drawn by lot, answered from 2025-01-06, answered up to 2025-01-07, "
        "words like “net income & more”, passed on to a colleague, sent to me"
    )
    assert Address(Filters(state="approved", mine=True)).said == "decided by me"


@pytest.mark.parametrize(
    ("filters", "is_open"),
    [(Filters(feature="x", text="y"), False), (Filters(model="x"), True)],
)
def test_further_filters_unfold_when_one_of_them_is_set(filters: Filters, is_open: bool) -> None:
    """Nobody wonders why so few are shown."""
    assert Address(filters).more_open is is_open


def test_choices_are_counted_the_most_frequent_first() -> None:
    """What is chosen stays there, though nothing fits it now."""
    facets = {"feature": {"b": 2, "a": 2, "c": 9}, "target": {"golden": 1}}
    counts = Counts(by_state={"pending": 13}, shown=13, facets=facets)
    found = choices(counts, Filters(feature="gone"))
    assert found["feature"] == [("c", 9), ("a", 2), ("b", 2), ("gone", 0)]
    assert found["target"] == [("golden", 1)]
    assert found["model"] == []
