"""What is decided again: new evidence makes the same words news, and an undo is final."""

import sqlite3
from collections.abc import Iterator
from threading import Thread
from time import sleep

import pytest

from flywheel.desk import Desk, Viewer
from flywheel.desk.mirror import _write_counts
from flywheel.desk.tables import FILE, VERSION, Tables, forget
from flywheel.errors import ConflictError
from flywheel.settings import Settings
from flywheel.steps.erase import erase_user
from flywheel.steps.reopen import Reopening, append_reopenings
from flywheel.store import Store, open_store
from tests.facts import add_candidate
from tests.flywheel.desk.test_desk import ids, say

ANN = Viewer("ann")


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


@pytest.fixture
def desk(settings: Settings, store: Store) -> Iterator[Desk]:
    """A desk without its background thread."""
    with store.transaction():
        pass
    yield Desk(settings)


def test_the_same_words_about_a_reopened_case_are_a_new_decision(desk: Desk, store: Store) -> None:
    """Else who stands by what was decided could never take the case out of the queue."""
    candidate_id = add_candidate(store)
    said = say(candidate_id)
    first = desk.decide(said, ANN)
    desk.settle()
    with store.transaction() as connection:
        again = Reopening(candidate_id, first, "corrected", "Re-opened: another answer.")
        append_reopenings(connection, [again])
    assert ids(desk) == [candidate_id]
    second = desk.decide(said, ANN)
    assert second != first
    assert ids(desk) == []
    desk.settle()
    with store.transaction() as connection:
        [state] = connection.execute("SELECT state FROM candidate_states").fetchall()
    assert state == ("approved",)
    assert desk.decide(said, ANN) == second


def test_an_undo_cannot_be_taken_back(desk: Desk, store: Store) -> None:
    """The facts refuse it: it must not be acknowledged and then be dropped."""
    candidate_id = add_candidate(store)
    first = desk.decide(say(candidate_id), ANN)
    undo = desk.decide(say(candidate_id, "undo", undoes=first), ANN)
    with pytest.raises(ConflictError, match="no decision of yours"):
        desk.decide(say(candidate_id, "undo", undoes=undo), ANN)


def test_a_decision_gets_in_while_counts_are_written(desk: Desk, settings: Settings) -> None:
    """All cases may have been asked anew: their numbers are not written in one transaction."""
    path = settings.home / FILE

    def changed() -> Iterator[tuple[str, dict[str, int]]]:
        for number in range(1_000):
            if number == 500:
                with sqlite3.connect(path, timeout=0) as other:
                    other.execute("BEGIN IMMEDIATE")
            yield f"c-{number}", {"variants": number}

    _write_counts(Tables(path), changed())


def test_an_erased_text_that_came_back_goes_down_to_the_bytes(
    desk: Desk, store: Store, settings: Settings
) -> None:
    """A refresh that read before an erasure may write after it: the next one cleans up."""
    add_candidate(store, question="Zyzzyva quagga?", output="Zyzzyva")
    assert len(ids(desk)) == 1
    with sqlite3.connect(":memory:") as late:
        with sqlite3.connect(settings.home / FILE) as file:
            file.backup(late)
        erase_user(settings, "u-asker")
        with sqlite3.connect(settings.home / FILE) as file:
            late.backup(file)
    desk.refresh()
    assert ids(desk) == []
    for path in settings.home.glob(f"{FILE}*"):
        assert b"yzzyva" not in path.read_bytes().lower()


def test_a_queue_that_is_begun_anew_while_it_is_read_is_read_to_its_end(
    desk: Desk, store: Store, settings: Settings
) -> None:
    """Two servers on one home after an erasure: what the one read before the other began is gone,
    and must not count as read.
    """
    candidate_id = add_candidate(store)
    desk.refresh(lambda done, total: forget(Tables(settings.home / FILE)))
    desk.refresh()
    assert ids(desk) == [candidate_id]


def test_of_two_that_upgrade_at_once_one_begins_anew(settings: Settings) -> None:
    """The other finds it done when it has waited: it would throw away what was read since."""
    tables = Tables(settings.home / FILE)
    tables.connection.execute("PRAGMA user_version = 0")
    with sqlite3.connect(settings.home / FILE, isolation_level=None) as first:
        first.execute("BEGIN IMMEDIATE")
        first.execute("INSERT INTO marks VALUES ('candidates', 7)")
        other = Thread(target=Tables, args=(settings.home / FILE,))
        other.start()
        sleep(0.2)
        first.execute(f"PRAGMA user_version = {VERSION}")
        first.execute("COMMIT")
        other.join()
        assert first.execute("SELECT value FROM marks WHERE value = 7").fetchall() == [(7,)]
