"""What every test may use: settings in a home of its own, a clean environment, sample data."""

import ipaddress
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flywheel.settings import Settings, go_offline, load_settings
from tests.ordering import place
from tests.prefect_server import migrated


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False  # a name to look up
    return address.is_loopback or address.is_unspecified  # binding to 0.0.0.0 resolves it


def _refuse_outside(event: str, args: tuple[Any, ...]) -> None:
    """Nothing phones home: a connection or look-up beyond loopback fails the test that tries it."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else None
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost") or _is_loopback(str(host)):
        return
    raise RuntimeError(f"a connection beyond loopback: {event} {host}")


sys.addaudithook(_refuse_outside)
go_offline()  # before any test module imports Prefect or Great Expectations


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where browser tests leave pictures of what they saw: `screenshots` in pyproject.toml."""
    parser.addini("screenshots", "folder of browser tests' pictures", default="build/screenshots")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest first: at the end, when workers run out of files, short ones are left."""
    items.sort(key=lambda item: place(item.path))


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No FLYWHEEL_* or OPENAI_* of the caller reaches a test."""
    for name in list(os.environ):
        if name.startswith(("FLYWHEEL_", "OPENAI_")) and name != "FLYWHEEL_SHARED_DATA":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at today's schema, made by all migrations."""
    from flywheel.store.connection import renew

    path = tmp_path_factory.mktemp("new") / "flywheel.duckdb"
    renew(path)
    return path


@pytest.fixture(autouse=True)
def new_databases_are_copies(new_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's new database is a copy: making it takes a third of a second of CPU.

    The tests of the store make theirs, as do processes that tests start.
    """
    from flywheel.store import connection

    renew = connection.renew

    def copy_or_renew(path: Path) -> None:
        if path.exists():
            renew(path)
        else:
            copy = path.with_name(f"{path.name}.copy")
            shutil.copyfile(new_database, copy)
            os.replace(copy, path)

    monkeypatch.setattr(connection, "renew", copy_or_renew)


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of Prefect's, to be copied."""
    mine = tmp_path_factory.getbasetemp()
    return migrated(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a home of their own."""
    return load_settings(tmp_path / "home")


@pytest.fixture(scope="session")
def strace() -> str:
    """The system calls of a process and all its children: no library can hide from that."""
    path = shutil.which("strace")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed (Debian package: strace)")
    return path


@pytest.fixture(scope="session")
def shared_data() -> Iterator[Path]:
    """Real event streams for measuring, which are not in the repository."""
    path = Path(os.environ.get("FLYWHEEL_SHARED_DATA", "../shared/data"))
    if not path.is_dir():
        pytest.skip(f"no sample streams at {path}; name their folder in FLYWHEEL_SHARED_DATA")
    yield path


@pytest.fixture(scope="session")
def finchat_home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which finchat's events were ingested once: copy it before writing into it."""
    from flywheel.steps.ingest import run_ingest

    home = tmp_path_factory.mktemp("finchat") / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FLYWHEEL_")]:
            patch.delenv(name)
        run_ingest(load_settings(home), [str(shared_data / "finchat" / "events")])
    return home
