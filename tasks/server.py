"""The Prefect server: the one that is configured, or the one that `flywheel up` starts."""

import sys
from collections.abc import Awaitable, Callable
from typing import Any


def configured_api() -> str | None:
    """The API's address that the environment or the active profile names; none: no server yet."""
    from prefect.settings import get_current_settings

    return get_current_settings().api.url or None


def close_failed_cursors() -> None:
    """Have aiosqlite close a cursor whose statement failed, in its connection's own thread.

    SQLAlchemy (2.0.58) drops such a cursor unclosed. The garbage collector then resets it in
    whatever thread it runs: in the event loop's, that waits for the connection's mutex, which the
    connection's thread holds while it waits up to 60 s for SQLite's write lock, whose holder waits
    for the event loop. Any `database is locked` could so freeze the server for a minute.
    """
    from aiosqlite import Cursor

    for name in ("execute", "executemany"):
        setattr(Cursor, name, _closing(getattr(Cursor, name)))


def _closing(run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def run_or_close(self: Any, *arguments: Any) -> Any:
        try:
            return await run(self, *arguments)
        except Exception:
            await self.close()
            raise

    return run_or_close


def main() -> None:
    """`prefect server start` with this process's arguments."""
    from prefect.cli import app

    close_failed_cursors()
    sys.argv[1:] = ["server", "start", *sys.argv[1:]]
    app()


if __name__ == "__main__":
    main()
