"""The counts of `flywheel status`, each against facts that were counted by hand."""

import pytest

from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.steps.status import read_status
from flywheel.store import Store, open_store
from tests.approve import approve, decide
from tests.facts import MONDAY, add_candidate, add_feedback, add_interaction


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def test_an_empty_store_counts_nothing(store: Store) -> None:
    """Zeros and no release, not an error."""
    status = read_status(store).model_dump()
    assert set(status.pop("funnel").values()) == {0}
    assert status.pop("release") is None
    assert status.pop("personal_data") == {"canary_recall": {}, "versions": (), "taken_out": ()}
    assert set(status.values()) == {0}


def test_feedback_waits_as_an_orphan_until_its_interaction_comes(store: Store) -> None:
    """It counts as feedback either way."""
    add_feedback(store, "i-late", "share")
    add_feedback(store, "i-never", "share")
    assert (read_status(store).feedback, read_status(store).orphan_feedback) == (2, 2)
    add_interaction(store, id="i-late")
    assert (read_status(store).feedback, read_status(store).orphan_feedback) == (2, 1)


def test_a_retry_under_a_new_id_is_a_duplicate(store: Store) -> None:
    """Same input, answer and tenant; another answer is another variant of the case."""
    add_interaction(store, output="$85.1 million", time=MONDAY)
    add_interaction(store, output="$85.1  MILLION", time=MONDAY)
    add_interaction(store, output="$58.1 million", time=MONDAY)
    add_interaction(store, output="$85.1 million", tenant="another")
    status = read_status(store)
    assert (status.interactions, status.duplicates, status.cases) == (4, 1, 1)


def test_candidates_stand_by_their_newest_decision(store: Store) -> None:
    """One who changed their mind counts once; a skipped one still waits."""
    pending, skipped, approved, turned = (
        add_candidate(store, question=f"Question {number}?") for number in range(4)
    )
    decide(store, skipped, "skip")
    decide(store, approved)
    decide(store, turned)
    decide(store, turned, "reject")
    status = read_status(store)
    assert (status.candidates, status.pending) == (4, 2)
    assert (status.approved, status.rejected) == (1, 1)
    assert pending != skipped


def test_examples_count_once_they_are_promoted(settings: Settings, store: Store) -> None:
    """Approval alone makes none."""
    approve(store, "golden", "Question 1?")
    approve(store, "bank", "Question 2?")
    assert (read_status(store).golden, read_status(store).bank) == (0, 0)
    release = run_promote(settings).release
    status = read_status(store)
    assert (status.golden, status.bank, status.release) == (1, 1, release)


def test_resent_lines_add_up_over_batches_and_settled_faults_leave_quarantine(
    store: Store,
) -> None:
    """What a retry could read is quarantined no more."""
    with store.transaction() as connection:
        for batch, resent in (("b-1", 3), ("b-2", 4)):
            connection.execute(
                "INSERT INTO batches (batch_id, run_id, source, lines_read, blank, malformed, "
                "failed_expectations, resent, interactions, feedback, entities, expectations) "
                "VALUES (?, 'r', 's', 9, 0, 0, 0, ?, 0, 0, '{}', '[]')",
                [batch, resent],
            )
        for fault in ("f-1", "f-2"):
            connection.execute(
                "INSERT INTO quarantine (fault_id, batch_id, source, line, byte_offset, reason, "
                "sha256, stage) VALUES (?, 'b-1', 's', 1, 0, 'not_json', 'h', 'parse')",
                [fault],
            )
        connection.execute(
            "INSERT INTO quarantine_outcomes (fault_id, outcome) VALUES ('f-1', 'stored')"
        )
    assert (read_status(store).resent, read_status(store).quarantined) == (7, 1)
