"""A compacted database has all that stands, and no byte of what was deleted."""

import json
import stat
from pathlib import Path

import pytest

from flywheel.store import Store, connect
from flywheel.store.compact import compact
from tests.facts import add_candidate, count_rows
from tests.streams import bytes_below

SECRET = "the-text-that-has-to-go"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with a deleted text, in a folder whose name has to be quoted."""
    store = Store(tmp_path / "o'neil's \"home\"" / "a.duckdb")
    with store.turn(), connect(store.path) as connection:
        # Compressed, the text would not be found as it is, and the tests could not fail.
        connection.execute("SET GLOBAL force_compression = 'uncompressed'")
        connection.execute(
            "INSERT INTO decisions (decision_id, candidate_id, verdict, output, reason, reviewer, "
            "decided_at, seq, recorded_at) "
            "SELECT 'd-' || range, 'c', 'edit', $text || range, NULL, 'r', "
            "now(), range, now() FROM range(2000)",
            {"text": SECRET},
        )
    add_candidate(store, question="this stays")
    with store.transaction() as connection:
        connection.execute("DELETE FROM decisions")
    return store


def test_deleting_alone_leaves_the_bytes(store: Store) -> None:
    """Why a copy is needed at all: DuckDB only marks the blocks as free."""
    assert SECRET.encode() in bytes_below(store.path.parent)


def test_no_byte_of_it_stays(store: Store) -> None:
    """In the file, its log, or a file left beside."""
    compact(store)
    assert SECRET.encode() not in bytes_below(store.path.parent)
    assert {path.name for path in store.path.parent.iterdir()} == {
        "a.duckdb",
        "a.duckdb.gate",
        "a.duckdb.lock",
    }


def test_all_else_stands(store: Store) -> None:
    """Rows, views, keys, and sequences that go on."""
    with store.transaction() as connection:
        before = connection.execute("SELECT nextval('cursor_seq')").fetchone()
    compact(store)
    assert count_rows(store, "candidates") == 1 and count_rows(store, "candidate_states") == 1
    with store.transaction() as connection:
        after = connection.execute("SELECT nextval('cursor_seq')").fetchone()
        row = connection.execute("SELECT messages FROM candidates").fetchone()
        assert row is not None and json.loads(row[0])[0]["content"] == "this stays"
        with pytest.raises(Exception, match=r"[Cc]onstraint"):
            connection.execute("INSERT INTO candidates SELECT * FROM candidates")
    assert before is not None and after is not None and after[0] > before[0]


def test_the_file_s_mode_stays(store: Store) -> None:
    """A database that only its owner may read does not open up."""
    store.path.chmod(0o600)
    compact(store)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_what_a_killed_one_left_is_no_obstacle(store: Store) -> None:
    """A half copy beside the file is thrown away."""
    store.path.with_name("a.duckdb.fresh").write_bytes(b"half a copy")
    store.path.with_name("a.duckdb.fresh.wal").write_bytes(b"half a log")
    compact(store)
    assert {path.name for path in store.path.parent.iterdir()} == {
        "a.duckdb",
        "a.duckdb.gate",
        "a.duckdb.lock",
    }
    assert count_rows(store, "candidates") == 1


@pytest.mark.parametrize("ending", [".wal", ".wal.checkpoint", ".wal.recovery"])
def test_what_a_killed_process_left_beside_a_copy_goes(store: Store, ending: str) -> None:
    """It may quote what was to be erased."""
    with store.transaction():
        pass
    left = store.path.with_name(f"{store.path.name}.fresh{ending}")
    left.write_bytes(b"half of a log")
    compact(store)
    assert not left.exists()
