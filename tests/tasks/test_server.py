"""The server that `flywheel up` starts does not freeze over a locked database."""

import subprocess
import sys
from pathlib import Path

from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks.server import configured_api

_LOCKED = """
import asyncio, sqlite3, sys
import aiosqlite
from tasks.server import close_failed_cursors

close_failed_cursors()

async def main(path):
    async with aiosqlite.connect(path, isolation_level=None) as one:
        async with aiosqlite.connect(path, isolation_level=None, timeout=0) as other:
            await one.execute("CREATE TABLE t (x)")
            await one.execute("BEGIN IMMEDIATE")
            cursor = await other.cursor()
            try:
                await cursor.execute("INSERT INTO t VALUES (1)")
            except sqlite3.OperationalError as error:
                print(error)
            try:
                await cursor.execute("SELECT 1")
            except sqlite3.ProgrammingError as error:
                print(error)
            await one.execute("COMMIT")
            rows = await (await other.execute("SELECT ?", (7,))).fetchall()
            print(rows)

asyncio.run(main(sys.argv[1]))
"""


def test_a_cursor_whose_statement_failed_is_closed(tmp_path: Path) -> None:
    """Nothing is left for the garbage collector to reset in the event loop's thread."""
    done = subprocess.run(  # a process of its own: the change is for the server's alone
        [sys.executable, "-c", _LOCKED, str(tmp_path / "p.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    locked, closed, rows = done.stdout.splitlines()
    assert locked == "database is locked"
    assert closed == "Cannot operate on a closed cursor."
    assert rows == "[(7,)]"


def test_a_configured_api_is_found() -> None:
    """From the environment or a profile; without one `flywheel up` starts a server."""
    with temporary_settings(updates={PREFECT_API_URL: "http://prefect.internal:4200/api"}):
        assert configured_api() == "http://prefect.internal:4200/api"
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert configured_api() is None
