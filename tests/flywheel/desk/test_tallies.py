"""The kept numbers are what counting every case gives, whatever happens to the cases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flywheel.desk import Desk, Filters, Viewer, tallies
from flywheel.desk.tables import FILE, Tables
from flywheel.settings import Settings
from flywheel.store import open_store
from schemas.decision import Decision
from tests.facts import add_candidate, add_draw, together

PEOPLE = (
    Viewer("ann"),
    Viewer("bob"),
    Viewer("cid", tenant="globex"),
    Viewer("lea", adjudicates=True),
)
FILTERS: list[dict[str, Any]] = [
    {},
    {"target": "bank"},
    {"feature": "summary", "target": "golden"},
    {"reason": "confirmed_good"},
    {"tenant": "globex", "state": "rejected"},
    {"state": "approved"},
    {"state": "disputed"},
    {"signal": "thumbs"},
]


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """Twelve cases that differ in each filter; some were judged, sent, skipped."""
    store = open_store(settings)
    with together(store) as at_once:
        ids = [
            add_candidate(
                at_once,
                ("golden", "bank")[n % 2],
                question=f"{n}?",
                feature=("report_qa", "summary", None)[n % 3],
                tenant=("acme", "globex")[n % 2],
                reason_code=("judged_bad", "confirmed_good")[n % 2],
                evidence='[{"signal": "thumbs", "kind": "explicit", "votes": 1, "log_odds": 1.0, '
                '"note": "x"}]' if n % 4 == 0 else "[]",
            )
            for n in range(12)
        ]  # fmt: skip
        for id in ids[:4]:
            add_draw(at_once, id, reviewers=2)
    desk = Desk(settings)
    desk.refresh()
    acts = [
        (0, "ann", "approve", {}),
        (1, "ann", "approve", {}),
        (1, "bob", "approve", {"target": "golden"}),
        (2, "ann", "approve", {}),
        (2, "bob", "approve", {}),
        (4, "ann", "send", {"sent_to": "bob"}),
        (5, "ann", "skip", {}),
        (6, "bob", "approve", {}),
        (7, "bob", "approve", {"target": "golden"}),
    ]
    for number, who, verdict, more in acts:
        said = {"candidate_id": ids[number], "verdict": verdict, "reviewer": who}
        values = said | {"time": datetime.now(UTC).isoformat()} | more
        desk.decide(Decision.model_validate(values, strict=False), Viewer(who))
    return desk


@pytest.mark.parametrize("viewer", PEOPLE, ids=lambda viewer: viewer.name)
@pytest.mark.parametrize("given", FILTERS, ids=str)
def test_the_numbers_are_those_of_the_pages(
    desk: Desk, settings: Settings, viewer: Viewer, given: dict[str, Any]
) -> None:
    """As many as a page would list for this viewer, by state and by each facet's value."""
    filters = Filters.model_validate(given)
    assert tallies.can_count(filters)
    counts = desk.count(filters, viewer)
    assert counts.shown == len(desk.find(filters, viewer)) == desk.shown(filters, viewer)
    for state in tallies.STATES:
        there = desk.find(filters.model_copy(update={"state": state}), viewer)
        assert counts.by_state[state] == len(there)
    for name, values in counts.facets.items():
        without = filters.model_copy(update={name: None})
        total = {
            value: len(desk.find(without.model_copy(update={name: value}), viewer))
            for value in values
        }
        assert values == total
        assert all(values.values())


def test_the_numbers_follow_what_is_read_anew(desk: Desk, settings: Settings) -> None:
    """Settled and read from the facts again, or all forgotten, they are the same."""
    before = [desk.count(Filters.model_validate(given), PEOPLE[0]) for given in FILTERS]
    desk.settle()
    desk.refresh()
    assert [desk.count(Filters.model_validate(given), PEOPLE[0]) for given in FILTERS] == before
    tables = Tables(settings.home / FILE)
    with tables.reading() as connection:
        [kept] = connection.execute("SELECT sum(count) FROM tallies").fetchone()
        [there] = connection.execute("SELECT count(*) FROM cases").fetchone()
    assert kept == there == 12


def test_other_filters_look_at_the_cases(desk: Desk) -> None:
    """Words, days, draws and what is mine are in no number that is kept."""
    for given in ({"mine": True}, {"text": "3"}, {"since": "2025-01-01"}, {"drawn": "telling"}):
        filters = Filters.model_validate(given)
        assert not tallies.can_count(filters)
        assert desk.count(filters, PEOPLE[1]).shown == len(desk.find(filters, PEOPLE[1]))
