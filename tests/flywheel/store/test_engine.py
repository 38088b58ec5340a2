"""One engine serves one transaction after the other, and nothing goes from one to the next."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from flywheel.store import Store
from flywheel.store import engine as engines
from flywheel.store.engine import opened


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """Beside which path each engine was started; none is there at the beginning."""
    engines._IDLE.end()
    started: list[Path] = []
    start = engines.start_engine

    def start_and_note(spill: Path) -> duckdb.DuckDBPyConnection:
        started.append(spill)
        return start(spill)

    monkeypatch.setattr(engines, "start_engine", start_and_note)
    monkeypatch.setattr(engines, "_BRIEF_S", 60)  # however busy the machine is
    yield started
    engines._IDLE.end()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store whose database is there already."""
    store = Store(tmp_path / "a.duckdb")
    with store.transaction():
        pass
    return store


def test_the_next_transaction_finds_it_running(store: Store, started: list[Path]) -> None:
    """Whether it writes or reads."""
    for _ in range(3):
        with store.transaction():
            pass
        with store.reading():
            pass
    assert started == [store.path]


def test_no_file_is_open_in_between(store: Store, started: list[Path]) -> None:
    """So that other processes may have their turn."""
    with store.transaction():
        assert _open_files(store.path)
    assert started and not _open_files(store.path)


def _open_files(path: Path) -> list[str]:
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    targets = [os.readlink(link) for link in links if os.path.islink(link)]
    return [target for target in targets if target.startswith(str(path)) and "lock" not in target]


def test_settings_and_temporary_tables_end_with_the_transaction(
    store: Store, started: list[Path]
) -> None:
    """The next one starts as on an engine of its own."""
    with store.transaction() as connection:
        connection.execute("SET TimeZone = 'America/Lima'; CREATE TEMP TABLE t AS SELECT 1")
    with store.transaction() as connection:
        row = connection.execute("SELECT current_setting('TimeZone')").fetchone()
        assert row == ("UTC",)
        with pytest.raises(duckdb.CatalogException):
            connection.execute("FROM t")
    assert started == [store.path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, duckdb.Error])
def test_after_an_error_it_is_given_up(
    store: Store, started: list[Path], error: type[BaseException]
) -> None:
    """DuckDB may have declared its own state invalid."""
    with pytest.raises(error), store.transaction():
        raise error
    with store.transaction():
        pass
    assert len(started) == 2 and not _open_files(store.path)


def test_another_database_has_another(store: Store, started: list[Path], tmp_path: Path) -> None:
    """Each spills beside its own; only one is kept."""
    with store.transaction():
        pass
    with opened(tmp_path / "b.duckdb"):
        pass
    with store.transaction() as connection:
        row = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert row == (f"{store.path}.tmp",)
    assert started == [store.path, tmp_path / "b.duckdb", store.path]


def test_a_fork_starts_its_own(store: Store, started: list[Path]) -> None:
    """Threads are not forked: an engine that was would wait for its own for ever."""
    with store.transaction():
        pass
    pid = os.fork()
    if not pid:
        try:
            with store.transaction() as connection:
                connection.execute("SELECT sum(range) FROM range(1000000)").fetchall()
            os._exit(len(started))  # one before the fork, one here
        finally:
            os._exit(99)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    with store.transaction():
        pass


def test_what_was_committed_stands_though_closing_failed(
    store: Store, started: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up at the closing checkpoint: the write-ahead log has it all."""
    kept = engines._put_back

    class FailsToDetach:
        def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
            self.close = engine.close

        def execute(self, statement: str) -> None:
            raise duckdb.IOException(statement)

    def put_back(path: Path, engine: duckdb.DuckDBPyConnection, *, brief: bool) -> None:
        kept(path, FailsToDetach(engine), brief=brief)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(engines, "_put_back", put_back)
        with store.transaction() as connection:
            connection.execute(
                "INSERT INTO quarantine_outcomes (fault_id, outcome) VALUES ('f', 'stored')"
            )
    with store.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM quarantine_outcomes").fetchone()
    assert row == (1,) and len(started) == 2


def test_after_a_long_transaction_it_is_given_up(
    store: Store, started: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory that it took goes back to the system only so."""
    monkeypatch.setattr(engines, "_BRIEF_S", 0)
    for _ in range(2):
        with store.transaction():
            pass
    assert len(started) == 2


def test_after_spilling_it_is_given_up_with_its_folder(store: Store, started: list[Path]) -> None:
    """Kept, it could not spill again once another process or `compact` took the folder away."""
    spilled = Path(f"{store.path}.tmp")
    for _ in range(2):
        with store.transaction() as connection:
            connection.execute(
                "SET memory_limit = '60MB'; CREATE TEMP TABLE t AS "
                "SELECT repeat(md5(range::VARCHAR), 8) FROM range(300000)"
            )
            assert spilled.exists()
        assert not spilled.exists()
    assert len(started) == 2


def test_what_a_killed_process_spilled_goes_with_the_next_transaction(
    store: Store, started: list[Path]
) -> None:
    """Texts stand in it."""
    spilled = Path(f"{store.path}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"text")
    for _ in range(3):
        with store.transaction():
            pass
    assert not spilled.exists() and len(started) == 2


def test_no_thread_keeps_one_within_a_fork(store: Store, started: list[Path]) -> None:
    """The child would have it, and wait for its threads for ever."""

    def work() -> None:
        with store.transaction():
            pass

    other = Thread(target=work)
    engines._IDLE.hold()  # as a fork does
    try:
        other.start()
        other.join(0.5)
        assert other.is_alive() and not engines._IDLE._kept
    finally:
        engines._IDLE.let_go()
    other.join()
    assert engines._IDLE._kept
