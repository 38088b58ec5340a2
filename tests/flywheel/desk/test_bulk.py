"""flywheel.desk.bulk: one decision about many, beside others, cut off, and said again."""

import multiprocessing
import os
import signal
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from flywheel.desk import Desk, Filters, RequestKey, Viewer, bulk, settle
from flywheel.desk.records import Entry
from flywheel.desk.tables import FILE, Tables
from flywheel.errors import ConflictError, InputError, StoreError
from flywheel.settings import Settings, load_settings
from flywheel.store import open_store
from schemas.decision import Decision
from tests.facts import add_candidate, together
from tests.flywheel.desk.test_desk import say

ANN, LEA = Viewer("ann"), Viewer("lea")
MANY = 12
ONE, OTHER = RequestKey("k-1", "all of them"), RequestKey("k-2", "all of them")


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
    desk.decide_all(Filters(), LEA, reject, MANY, ONE)


def test_what_was_cut_off_is_finished_by_saying_it_again(desk: Desk, settings: Settings) -> None:
    """Killed by -9 whole decisions stand; the same request does the rest, once."""
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(settings.home,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert desk.shown(Filters(), LEA) == MANY - 4
    with pytest.raises(InputError, match="do not show 12"):
        desk.decide_all(Filters(), ANN, reject, MANY)
    with pytest.raises(InputError, match="do not show 13"):
        desk.decide_all(Filters(), LEA, reject, MANY + 1, ONE)
    assert desk.shown(Filters(), LEA) == MANY - 4, "the count is looked at before the first"
    for decided, already in ((MANY - 4, 4), (0, MANY)):
        report = desk.decide_all(Filters(), LEA, reject, MANY, ONE)
        assert (report.decided, report.already, report.refused) == (decided, already, ())
    settle(settings)
    with open_store(settings).transaction() as connection:
        rows = connection.execute("SELECT count(*) FROM decisions GROUP BY candidate_id").fetchall()
    assert rows == [(1,)] * MANY


def test_two_bulks_in_the_same_words_are_two(desk: Desk, settings: Settings) -> None:
    """What one decided does not count as the other's; the one, said again, touches nothing new."""
    desk.decide_all(Filters(), LEA, reject, MANY, ONE)
    for number in range(3):
        add_candidate(open_store(settings), question=f"new{number}")
    desk.refresh()
    for request in (OTHER, None):
        with pytest.raises(ConflictError, match="do not show 15"):
            desk.decide_all(Filters(), LEA, reject, MANY + 3, request)
    with pytest.raises(ConflictError, match="another request had this key"):
        desk.decide_all(Filters(), LEA, reject, 3, ONE._replace(content="three of them"))
    assert desk.shown(Filters(), LEA) == 3
    report = desk.decide_all(Filters(), LEA, reject, 3, OTHER)
    assert (report.decided, report.already) == (3, 0)


def test_a_bulk_said_again_answers_as_before_and_takes_nothing_up_anew(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what it had refused, nor what was taken back since."""
    colleague, last = Desk(settings), desk.find(Filters(), LEA)[-1].candidate_id
    monkeypatch.setattr(bulk, "sleep", lambda _: colleague.decide(say(last), ANN))
    first = desk.decide_all(Filters(), LEA, reject, MANY, ONE)
    taken_back = desk.last(LEA)
    assert taken_back is not None
    about = taken_back.decision.candidate_id
    desk.decide(say(about, "undo", undoes=taken_back.decision_id), LEA)
    again = desk.decide_all(Filters(), LEA, reject, MANY, ONE)
    assert (first.decided, again.decided, again.already) == (MANY - 1, 0, MANY - 1)
    assert again.refused == first.refused and again.refused[0][0] == last
    assert [entry.candidate_id for entry in desk.find(Filters(), LEA)] == [about]


def test_the_same_request_twice_at_once_is_one(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that times out asks again while the first is at work: each case is decided once."""
    other, reports = Desk(settings), []

    def meanwhile(_: float) -> None:
        monkeypatch.setattr(bulk, "sleep", lambda _: None)
        reports.append(other.decide_all(Filters(), LEA, reject, MANY, ONE))

    monkeypatch.setattr(bulk, "sleep", meanwhile)
    reports.append(desk.decide_all(Filters(), LEA, reject, MANY, ONE))
    assert [(one.decided, one.already) for one in reports] == [(MANY - 1, 1), (1, MANY - 1)]
    assert [one.refused for one in reports] == [(), ()]
    assert len(desk.decisions()) == MANY


def test_a_bulk_that_a_full_disk_cuts_off_says_how_far_it_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is stored counts as decided; the same request does the rest when there is room."""
    heard: list[int] = []
    desk.on_judged = heard.append

    def full(_: float) -> None:
        if len(heard) == 5:
            desk._tables.connection.execute("PRAGMA query_only = ON")

    monkeypatch.setattr(bulk, "sleep", full)
    with pytest.raises(StoreError, match="5 of 12 cases were decided before: the same request"):
        desk.decide_all(Filters(), LEA, reject, MANY, ONE)
    desk._tables.connection.execute("PRAGMA query_only = OFF")
    assert sum(heard) == 5 == len(desk.decisions())
    monkeypatch.setattr(bulk, "sleep", lambda _: None)
    report = desk.decide_all(Filters(), LEA, reject, MANY, ONE)
    assert (report.decided, report.already, sum(heard)) == (MANY - 5, 5, MANY)


def test_who_waits_for_a_turn_is_in_soon_after_it_is_free(desk: Desk, settings: Settings) -> None:
    """SQLite's own waiting sleeps for 100 ms at a time, and misses the pauses of a bulk."""
    waits: list[float] = []

    def write() -> None:
        with Tables(settings.home / FILE).writing():
            waits.append(monotonic() - freed[0])

    freed = [monotonic()]
    for _ in range(3):
        other = Thread(target=write)
        with desk._tables.writing():
            other.start()
            sleep(0.45)
            freed[0] = monotonic()
        other.join()
    assert min(waits) < 0.03, waits
