"""Prefect servers for tests, over copies of one database: migrating a new one takes six seconds."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock


def migrated(folder: Path) -> Path:
    """Prefect's database as its own migrations make it; once for all workers of a run."""
    made, database = folder / "prefect-making.db", folder / "prefect-migrated.db"
    with FileLock(folder / "prefect-migrated.lock"):
        if not database.exists():
            subprocess.run(
                [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
                env=os.environ
                | {
                    "PREFECT_HOME": str(folder / "prefect-home"),
                    "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{made}",
                },
                check=True,
                capture_output=True,
            )
            made.rename(database)
    return database


@contextmanager
def harness(database: Path) -> Iterator[None]:
    """Prefect's own harness for tests, with a copy of a migrated database."""
    from prefect.testing import utilities

    def folder_with_database() -> str:
        folder = tempfile.mkdtemp()
        shutil.copyfile(database, Path(folder) / "prefect-test.db")
        return folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utilities, "mkdtemp", folder_with_database)
        with utilities.prefect_test_harness(server_startup_timeout=120):
            yield
