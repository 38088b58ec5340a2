"""Work that is done behind the caller's back, one piece at a time and in order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


class Behind:
    """One piece of work under way in a thread of its own."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._finish: Callable[[], None] | None = None

    def put(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Start on it, once what is under way is done; `then` gets what it gives, in this thread.

        Raises what the work before it raised; this is not started then.
        """
        self.wait()
        future = self._pool.submit(copy_context().run, work)
        self._finish = lambda: then(future.result())

    def wait(self) -> None:
        """Until nothing is under way. Raises what the work raised."""
        finish, self._finish = self._finish, None
        if finish is not None:
            finish()


@contextmanager
def one_behind() -> Iterator[Behind]:
    """Nothing is under way any more at the end, however it comes; what fails there is raised."""
    with ThreadPoolExecutor(1, thread_name_prefix="behind") as pool:
        behind = Behind(pool)
        try:
            yield behind
        except KeyboardInterrupt:  # an error that a caller goes on after would swallow it
            with suppress(Exception):
                behind.wait()
            raise
        finally:
            behind.wait()
