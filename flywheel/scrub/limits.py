"""How long one text may take: a stuck expression is broken off, not waited for."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_HAS_ALARM = hasattr(signal, "setitimer")
"""Windows has none: there every thread is as any but the main one."""

_AGAIN = 0.5
"""Seconds after which the alarm rings again: one that rings in a destructor is swallowed."""


class TimedOut(Exception):
    """The time for one text is over."""


def breaks_off() -> bool:
    """Whether a time limit in this thread ends at once whatever runs over."""
    return _HAS_ALARM and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimedOut` in a block that takes longer.

    In the main thread an alarm ends it at once; it reaches into regular expressions, which look
    for signals. In another thread it is raised when the block ends: late, but nothing passes.
    """
    started = time.monotonic()
    if breaks_off():
        with _alarm(seconds):
            yield
    else:
        yield
    if time.monotonic() - started > seconds:
        raise TimedOut


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    armed = True

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise TimedOut

    before, started = signal.signal(signal.SIGALRM, ring), time.monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # whoever set an alarm before gets it, late rather than never
            rest = max(left - (time.monotonic() - started), 0.001)
            signal.setitimer(signal.ITIMER_REAL, rest, interval)
