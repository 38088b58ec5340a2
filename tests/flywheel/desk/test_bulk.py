"""flywheel.desk.bulk: one decision about many, beside others, cut off, and said again."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from flywheel.desk import Desk, Filters, Viewer, bulk, settle
from flywheel.desk.records import Entry
from flywheel.desk.tables import FILE, Tables
from flywheel.errors import InputError
from flywheel.settings import Settings, load_settings
from flywheel.store import open_store
from schemas.decision import Decision
from tests.facts import add_candidate, together
from tests.flywheel.desk.test_desk import say

ANN, LEA = Viewer("ann"), Viewer("lea")
MANY = 12


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk of twelve cases whose bulk takes one in each transaction."""
    monkeypatch.setattr(bulk, "_TURN_S", 0)
    with together(open_store(settings)) as at_once:
        for number in range(MANY):
            add_candidate(at_once, question=f"q{number}")
    desk = Desk(settings)
    desk.refresh()
    return desk


def reject(entry: Entry) -> Decision:
    """The words of the bulk."""
    return say(entry.candidate_id, "reject", note="in bulk")


def test_a_colleague_decides_between_two_turns(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the colleague decided first is left as it is, and told."""
    colleague, last = Desk(settings), desk.find(Filters(), LEA)[-1].candidate_id

    def meanwhile(_: float) -> None:
        colleague.decide(say(last), ANN)

    monkeypatch.setattr(bulk, "sleep", meanwhile)
    report = desk.decide_all(Filters(), LEA, reject, MANY)
    assert report.decided == MANY - 1 and [id for id, _ in report.refused] == [last]
    seen = desk.case(last, LEA)
    assert seen is not None and seen.view.reviewer == "ann"


def _killed(home: Path) -> None:
    """Ends itself by SIGKILL within the fifth transaction."""
    desk, turns = Desk(load_settings(home)), []

    def dies(entry: float) -> None:
        turns.append(entry)
        if len(turns) == 4:
            tables = Tables(home / FILE)
            with tables.writing() as connection:
                connection.execute("DELETE FROM decisions")
                os.kill(os.getpid(), signal.SIGKILL)

    bulk._TURN_S, bulk.sleep = 0, dies  # type: ignore[misc, attr-defined]
    desk.decide_all(Filters(), LEA, reject, MANY)


def test_what_was_cut_off_is_finished_by_saying_it_again(desk: Desk, settings: Settings) -> None:
    """Killed by -9 whole decisions stand; the same words with the same count do the rest, once."""
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(settings.home,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert desk.shown(Filters(), LEA) == MANY - 4
    with pytest.raises(InputError, match="do not show 12"):
        desk.decide_all(Filters(), ANN, reject, MANY)
    with pytest.raises(InputError, match="do not show 13"):
        desk.decide_all(Filters(), LEA, reject, MANY + 1)
    assert desk.shown(Filters(), LEA) == MANY - 4, "the count is looked at before the first"
    for decided, already in ((MANY - 4, 4), (0, MANY)):
        report = desk.decide_all(Filters(), LEA, reject, MANY)
        assert (report.decided, report.already, report.refused) == (decided, already, ())
    settle(settings)
    with open_store(settings).transaction() as connection:
        rows = connection.execute("SELECT count(*) FROM decisions GROUP BY candidate_id").fetchall()
    assert rows == [(1,)] * MANY
