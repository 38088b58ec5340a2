"""Transactions commit whole or not at all, and processes take turns."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from flywheel.errors import StoreError
from flywheel.settings import load_settings
from flywheel.store import Store, connect, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder that is not there yet."""
    return Store(tmp_path / "new" / "a.duckdb")


def count(store: Store) -> int:
    with store.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM quarantine_outcomes").fetchone()
    return int(row[0]) if row else -1


ADD = "INSERT INTO quarantine_outcomes (fault_id, outcome) VALUES ('f', 'stored')"


def test_a_transaction_commits_at_its_end(store: Store) -> None:
    """The next one, on a connection of its own, sees it."""
    with store.transaction() as connection:
        connection.execute(ADD)
    assert count(store) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_rolls_everything_back(store: Store, error: type[BaseException]) -> None:
    """Even Ctrl-C; and the turn passes on."""
    with pytest.raises(error), store.transaction() as connection:
        connection.execute(ADD)
        raise error
    assert count(store) == 0


def test_who_waits_too_long_is_told_for_what(store: Store) -> None:
    """The error names the file and the setting."""
    impatient = Store(store.path, lock_timeout_s=0.05)
    store.path.parent.mkdir()
    with FileLock(f"{store.path}.lock"), pytest.raises(StoreError) as caught:
        count(impatient)
    assert "FLYWHEEL_LOCK_TIMEOUT_S" in str(caught.value) and str(store.path) in str(caught.value)


def test_threads_take_turns(store: Store) -> None:
    """None is lost, none fails."""

    def add(_: int) -> None:
        with store.transaction() as connection:
            connection.execute(ADD)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    assert count(store) == 12


def test_processes_take_turns(store: Store) -> None:
    """DuckDB lets one in at a time: the lock makes the others wait instead of fail."""
    program = textwrap.dedent(
        f"""
        from pathlib import Path
        from flywheel.store import Store
        for _ in range(5):
            with Store(Path({str(store.path)!r})).transaction() as connection:
                connection.execute({ADD!r})
        """
    )
    others = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert count(store) == 10


def test_times_are_utc_whatever_the_machine_s_zone(store: Store) -> None:
    """Days and hours in queries are the same everywhere."""
    with store.transaction() as connection:
        row = connection.execute("SELECT current_setting('TimeZone')").fetchone()
    assert row == ("UTC",)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """And not overwritten."""
    path = tmp_path / "a.duckdb"
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreError, match=r"a\.duckdb: the database cannot be opened"):
        with connect(path):
            pass
    assert path.read_bytes().startswith(b"this is no database")


def test_who_takes_no_turns_is_told_from_a_broken_file(store: Store) -> None:
    """DuckDB's shell on the same file: what to close, and it goes on afterwards."""
    count(store)
    code = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('in', flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(store.path)], stdin=-1, stdout=-1, text=True
    )
    assert other.stdout is not None and other.stdout.readline() == "in\n"
    with pytest.raises(StoreError, match="a program that takes no turns has the database open"):
        count(store)
    other.communicate("\n")
    assert count(store) == 0


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    """In the home, unless they say otherwise."""
    settings = load_settings(tmp_path)
    assert open_store(settings) == Store(tmp_path / "flywheel.duckdb", settings.lock_timeout_s)


@pytest.mark.parametrize("limit", [3_000, 90_000, 600_000])
def test_a_disk_that_fills_while_the_database_is_made_leaves_none(store: Store, limit: int) -> None:
    """Half a database could never be opened again."""
    program = textwrap.dedent(
        f"""
        import resource
        from pathlib import Path
        from flywheel.store import Store
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        with Store(Path({str(store.path)!r})).transaction():
            pass
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert b"StoreError" in done.stderr and not store.path.exists()
    assert count(store) == 0


def test_a_reader_writes_nothing(store: Store) -> None:
    """Neither a database where there is none, nor a byte of the one that is there."""
    with store.reading() as connection:
        assert connection is None
    assert not store.path.parent.exists()
    count(store)
    before = store.path.read_bytes()
    with store.reading() as connection:
        assert connection is not None
        with pytest.raises(duckdb.Error):
            connection.execute(ADD)
    assert store.path.read_bytes() == before


def test_row_groups_become_whole_and_stay_small(store: Store) -> None:
    """Of many small batches few are left, and none that takes a gigabyte to put together."""
    for n in range(25):
        with store.transaction() as connection:
            connection.execute(
                "INSERT INTO quarantine_outcomes (fault_id, outcome) "
                "SELECT $n || '-' || range, 'stored' FROM range(1000)",
                {"n": n},
            )
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT sum(count) FROM pragma_storage_info('quarantine_outcomes') "
            "WHERE column_name = 'fault_id' AND segment_type <> 'VALIDITY' GROUP BY row_group_id"
        ).fetchall()
    assert sum(count for (count,) in rows) == 25_000
    assert len(rows) <= 6 and max(rows)[0] <= 10_240


def test_a_file_with_larger_row_groups_is_written_on(store: Store) -> None:
    """One of an earlier version, or that another tool wrote to."""
    count(store)
    with duckdb.connect(str(store.path)) as other:
        other.execute(
            "INSERT INTO quarantine_outcomes (fault_id, outcome) "
            "SELECT range, 'x' FROM range(50000)"
        )
    for n in range(1, 4):
        with store.transaction() as connection:
            connection.execute(ADD)
        assert count(store) == 50_000 + n


def test_what_does_not_fit_into_memory_is_spilled_beside_the_database(tmp_path: Path) -> None:
    """Not into the folder that the command was called in; a quote in a path is none of SQL's."""
    store = Store(tmp_path / "o'hara" / "a.duckdb")
    with store.transaction() as connection:
        row = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert row == (f"{store.path}.tmp",)
    assert count(store) == 0


def test_a_long_query_draws_no_bar_on_standard_output(store: Store) -> None:
    """Which is one JSON object where a command was asked for one."""
    with store.transaction() as connection:
        row = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()
    assert row == (False,)
