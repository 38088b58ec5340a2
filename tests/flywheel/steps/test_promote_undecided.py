"""Who skips a decided case or passes it on has decided nothing about its example."""

import pytest

from flywheel.bank import read_golden
from flywheel.desk import Desk, Filters, Viewer
from flywheel.settings import Settings
from flywheel.steps.decide import record_decision
from flywheel.steps.promote import run_promote
from flywheel.steps.reopen import Reopening, append_reopenings
from flywheel.store import open_store
from tests.facts import add_candidate, add_draw
from tests.flywheel.desk.test_desk import say

APPROVED = Filters(state="approved")


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("verdict", ["skip", "send"])
def test_an_example_stands_until_somebody_judges_it(
    settings: Settings, verdict: str, reopened: bool
) -> None:
    """New evidence withdraws nothing by itself, nor does who leaves it to somebody else."""
    store = open_store(settings)
    case = add_candidate(store, "bank")
    record_decision(settings, say(case, "edit", reviewer="ann"))
    assert run_promote(settings).added["bank"] == 1
    with store.transaction() as connection:
        [(decision_id,)] = connection.execute("SELECT decision_id FROM decisions").fetchall()
        if reopened:
            append_reopenings(connection, [Reopening(case, decision_id, "harmful", "Re-opened.")])
    assert run_promote(settings).withdrawn["bank"] == 0
    record_decision(settings, say(case, verdict, reviewer="cleo"))
    report = run_promote(settings)
    assert report.withdrawn["bank"] == report.added["bank"] == 0
    record_decision(settings, say(case, "reject", reviewer="bob"))
    assert run_promote(settings).withdrawn["bank"] == 1


def test_a_skip_of_one_of_two_takes_no_verdict_back(settings: Settings) -> None:
    """What two agreed on stays in production when one of them looks at it again."""
    case = add_candidate(open_store(settings), "golden")
    add_draw(open_store(settings), case, reviewers=2)
    for reviewer, verdict in (("ann", "approve"), ("bob", "approve"), ("ann", "skip")):
        record_decision(settings, say(case, verdict, reviewer=reviewer))
        report = run_promote(settings)
    assert report.withdrawn["golden"] == 0 and len(read_golden(settings)) == 1


def test_a_decided_case_that_is_passed_on_waits_for_the_colleague(settings: Settings) -> None:
    """In that queue alone, until the colleague has judged it; it stands as approved meanwhile."""
    case = add_candidate(open_store(settings), "golden")
    desk, ann, bob = Desk(settings), Viewer("ann"), Viewer("bob")

    def waits(viewer: Viewer) -> bool:
        return [one.candidate_id for one in desk.find(Filters(), viewer)] == [case]

    for verdict in ("approve", "send"):
        desk.decide(say(case, verdict), ann)
    assert waits(bob) and not waits(ann)
    assert run_promote(settings).added["golden"] == 1
    assert waits(bob), "and when the desk has read the facts anew"
    desk.decide(say(case, "approve"), bob)
    assert not waits(bob) and [one.candidate_id for one in desk.find(APPROVED, bob)] == [case]
