"""Threads select in turn: with the interpreter's lock, all at once are slower than one by one.

CPython runs one thread at a time, and NumPy lets go of the interpreter at each of some twenty
passes over numbers that a selection makes. With several threads each of these wakes another one, on
another core, for microseconds of work: eight were half as fast as one. So a selection runs in its
turn, and pauses only for what takes long without the interpreter. Nor does it pay that one thread
answers all who wait, as a batch: docs/client.md says why.
"""

import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType


class Turn:
    """Who has it may take it again: a caller's own tokenizer may select, too."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """For a forked process, in which another thread's turn would never end."""
        self._lock = threading.RLock()
        self._pause = _Pause(self._lock)
        # A Python without that lock has nothing to take turns for.
        self._needed: bool = getattr(sys, "_is_gil_enabled", lambda: True)()

    def take(self) -> AbstractContextManager[object]:
        """A block that one thread at a time is in."""
        return self._lock if self._needed else nullcontext()

    def pause(self) -> AbstractContextManager[object]:
        """A block within one's turn in which others may have theirs."""
        return self._pause if self._needed else nullcontext()


class _Pause:
    def __init__(self, lock: "threading.RLock") -> None:
        self._lock = lock

    def __enter__(self) -> None:
        self._lock.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.acquire()


TURN = Turn()
"""One for the process, as the interpreter's lock is."""
