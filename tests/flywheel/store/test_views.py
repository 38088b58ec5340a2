"""State is a view over facts: what is open, orphaned, duplicate or current."""

from datetime import timedelta

import pytest

from flywheel.settings import Settings
from flywheel.store import Store, open_store
from tests.facts import MONDAY, add_candidate, add_feedback, add_interaction, count_rows


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def test_feedback_waits_for_its_interaction(store: Store) -> None:
    """An orphan until the interaction comes, then no more."""
    add_feedback(store, "i-late", "share")
    assert count_rows(store, "orphan_feedback") == 1
    add_interaction(store, id="i-late")
    assert count_rows(store, "orphan_feedback") == 0


def test_a_duplicate_is_linked_to_the_first_by_time(store: Store) -> None:
    """Whatever order they came in."""
    later = add_interaction(store, id="i-a", time=MONDAY + timedelta(hours=1))
    first = add_interaction(store, id="i-b", time=MONDAY)
    add_interaction(store, "another question", id="i-c")
    with store.transaction() as connection:
        rows = connection.execute("SELECT id, duplicate_of FROM duplicates").fetchall()
    assert rows == [(later, first)]


def test_a_case_counts_its_variants_and_users(store: Store) -> None:
    """Equal input, other answers."""
    for n in range(3):
        add_interaction(store, output=f"answer {n}", user=f"u-{n % 2}")
    with store.transaction() as connection:
        rows = connection.execute("SELECT variants, users FROM cases").fetchall()
    assert rows == [(3, 2)]


def test_the_newest_cursor_of_a_path_is_in_force(store: Store) -> None:
    """By its sequence, not by its offset: a source that was replaced starts anew."""
    with store.transaction() as connection:
        for path, offset in (("a", 100), ("b", 7), ("a", 10)):
            connection.execute(
                "INSERT INTO cursors (batch_id, path, kind, size, head_bytes, head_sha256, "
                "next_offset, next_line, finished, seq) "
                "VALUES ('x', $path, 'jsonl', 1, 1, '', $offset, 1, true, "
                "nextval('cursor_seq'))",
                {"path": path, "offset": offset},
            )
        rows = connection.execute(
            "SELECT path, next_offset FROM current_cursors ORDER BY path"
        ).fetchall()
    assert rows == [("a", 10), ("b", 7)]


def test_a_case_is_proposed_once_a_target(store: Store) -> None:
    """The store itself refuses a second one."""
    add_candidate(store, "golden")
    add_candidate(store, "bank")
    with pytest.raises(Exception, match=r"[Cc]onstraint"):
        add_candidate(store, "golden")


def test_a_candidate_is_pending_until_somebody_decides(store: Store) -> None:
    """The latest decision wins; a skip leaves it pending."""
    candidate = add_candidate(store)
    for n, (verdict, state) in enumerate(
        [("skip", "pending"), ("approve", "approved"), ("reject", "rejected"), ("edit", "approved")]
    ):
        with store.transaction() as connection:
            connection.execute(
                "INSERT INTO decisions (decision_id, candidate_id, verdict, reviewer, decided_at, "
                "seq) VALUES ($id, $candidate, $verdict, 'r', $time, nextval('decision_seq'))",
                {
                    "id": f"d-{n}",
                    "candidate": candidate,
                    "verdict": verdict,
                    "time": MONDAY + timedelta(minutes=n),
                },
            )
            row = connection.execute("SELECT state FROM candidate_states").fetchone()
        assert row == (state,)
