"""A database is brought to today's schema once, and one of tomorrow is refused."""

from pathlib import Path

import duckdb
import pytest

from flywheel.errors import StoreError
from flywheel.store import Store
from flywheel.store.migrate import migrations


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "a.duckdb")


def test_migrations_are_numbered_without_gaps() -> None:
    """The number is the version, and it is the order."""
    numbers = [number for number, _, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_is_applied_once(store: Store) -> None:
    """Opening again changes nothing."""
    for _ in range(2):
        with store.transaction() as connection:
            rows = connection.execute("SELECT number, name FROM migrations ORDER BY 1").fetchall()
    assert rows == [(number, name) for number, name, _ in migrations()]


def test_a_newer_database_is_refused(store: Store) -> None:
    """An old version must not write into what it does not know."""
    with store.transaction() as connection:
        connection.execute("INSERT INTO migrations (number, name) VALUES (9999, 'tomorrow')")
    with pytest.raises(StoreError, match="newer than this version knows; upgrade"):
        with store.transaction():
            pass


def test_an_old_database_is_brought_on_with_its_facts(store: Store) -> None:
    """In a copy that takes its place: every row and every rule that a column may not be empty."""
    with duckdb.connect(str(store.path)) as old:
        old.execute("CREATE TABLE migrations (number INTEGER, name VARCHAR)")
        for number, name, script in migrations()[:2]:
            old.execute(script)
            old.execute("INSERT INTO migrations VALUES (?, ?)", [number, name])
        old.execute(
            "INSERT INTO feedback VALUES ('f', now(), 'i', 'share', 'implicit', NULL, NULL, NULL, "
            "NULL, '{}', 'b')"
        )
    with store.transaction() as connection:
        assert connection.execute("SELECT id FROM feedback").fetchall() == [("f",)]
        connection.execute("SELECT outside FROM batches")
    with pytest.raises(duckdb.ConstraintException), store.transaction() as connection:
        connection.execute("INSERT INTO feedback (id) VALUES ('g')")
    assert not store.path.with_name("a.duckdb.fresh").exists()


def test_cores_of_an_older_database_stay_without_their_indexes(store: Store) -> None:
    """Every row and every rule that a column may not be empty; what was a key is none any more."""
    with duckdb.connect(str(store.path)) as old:
        old.execute("CREATE TABLE migrations (number INTEGER, name VARCHAR)")
        for number, name, script in migrations():
            if number < 7:
                old.execute(script)
                old.execute("INSERT INTO migrations VALUES (?, ?)", [number, name])
        old.execute("INSERT INTO cores VALUES ('core', 'case', 'ask', 7, 1, 'v', 1)")
        old.execute("INSERT INTO case_cores VALUES ('case', 'core')")
    with store.transaction() as connection:
        found = connection.execute("SELECT core_id, cluster_id, core_seq FROM clusters").fetchall()
        keys = connection.execute(
            "SELECT table_name FROM duckdb_constraints() "
            "WHERE constraint_type = 'PRIMARY KEY' AND table_name IN ('cores', 'case_cores')"
        ).fetchall()
    assert (found, keys) == ([("core", "case", 1)], [])
    with pytest.raises(duckdb.ConstraintException), store.transaction() as connection:
        connection.execute("INSERT INTO case_cores (case_id) VALUES ('case')")


def test_what_was_decided_before_stands_as_before(store: Store) -> None:
    """States, the queue and the examples of a database from before several reviewers."""
    states = "SELECT candidate_id, state FROM candidate_states ORDER BY 1"
    examples = "SELECT id, target, output FROM current_examples"
    with duckdb.connect(str(store.path)) as old:
        old.execute("CREATE TABLE migrations (number INTEGER, name VARCHAR)")
        for number, name, script in migrations():
            if number < 7:
                old.execute(script)
                old.execute("INSERT INTO migrations VALUES (?, ?)", [number, name])
        for id in ("added", "back", "no", "skipped", "waits"):
            old.execute(
                "INSERT INTO candidates (candidate_id, case_id, target, messages, context, "
                "proposed_output, reason_code, reason, evidence, policy_version, tags) "
                "VALUES ($id, $id, 'bank', '[]', '[]', 'ideal', 'rising', 'why', '[]', 'p', '{}')",
                {"id": id},
            )
        for id, verdict in (
            ("added", "reject"),
            ("added", "approve"),
            ("back", "approve"),
            ("no", "reject"),
            ("skipped", "skip"),
        ):
            old.execute(
                "INSERT INTO decisions (decision_id, candidate_id, verdict, reviewer, decided_at, "
                "seq) VALUES ($id || $verdict, $id, $verdict, 'ann', now(), "
                "nextval('decision_seq'))",
                {"id": id, "verdict": verdict},
            )
        old.execute("INSERT INTO reopenings VALUES ('back', 'backapprove', 'why', 1, now())")
        old.execute(
            "INSERT INTO promotions (decision_id, candidate_id, outcome, output, seq) "
            "VALUES ('addedapprove', 'added', 'added', 'ideal', 1)"
        )
        before = [old.execute(query).fetchall() for query in (states, examples)]
    with store.transaction() as connection:
        after = [connection.execute(query).fetchall() for query in (states, examples)]
        marks = connection.execute(
            "SELECT DISTINCT critical, labels, reviewers, given FROM review_queue"
        ).fetchall()
    assert before == after
    assert dict(after[0]) == {
        "added": "approved",
        "back": "pending",
        "no": "rejected",
        "skipped": "pending",
        "waits": "pending",
    }
    assert marks == [(False, None, 1, 0)]
