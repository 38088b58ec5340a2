"""Who skips or passes on a case that is back in the queue has decided nothing about its example."""

import pytest

from flywheel.settings import Settings
from flywheel.steps.decide import record_decision
from flywheel.steps.promote import run_promote
from flywheel.steps.reopen import Reopening, append_reopenings
from flywheel.store import open_store
from tests.facts import add_candidate
from tests.flywheel.desk.test_desk import say


@pytest.mark.parametrize("verdict", ["skip", "send"])
def test_an_example_stands_until_somebody_judges_it(settings: Settings, verdict: str) -> None:
    """New evidence withdraws nothing by itself, nor does who leaves it to somebody else."""
    store = open_store(settings)
    case = add_candidate(store, "bank")
    record_decision(settings, say(case, "edit", reviewer="ann"))
    assert run_promote(settings).added["bank"] == 1
    with store.transaction() as connection:
        [(decision_id,)] = connection.execute("SELECT decision_id FROM decisions").fetchall()
        append_reopenings(connection, [Reopening(case, decision_id, "harmful", "Re-opened.")])
    assert run_promote(settings).withdrawn["bank"] == 0
    record_decision(settings, say(case, verdict, reviewer="cleo"))
    report = run_promote(settings)
    assert report.withdrawn["bank"] == report.added["bank"] == 0
    record_decision(settings, say(case, "reject", reviewer="bob"))
    assert run_promote(settings).withdrawn["bank"] == 1
