"""How long one text may take: a stuck expression is broken off, not waited for."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_HAS_ALARM = hasattr(signal, "setitimer")
"""Windows has none: there every thread is as any but the main one."""

_AGAIN = 0.5
"""Seconds after which the alarm rings again: one that rings in a destructor is swallowed."""


_THREAD: Final = threading.local()
_NEVER: Final = float("inf")


class TimedOut(Exception):
    """The time for one text is over."""


def breaks_off() -> bool:
    """Whether a time limit in this thread ends at once whatever runs over."""
    return _HAS_ALARM and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimedOut` in a block that takes longer.

    In the main thread an alarm ends it at once; it reaches into regular expressions, which look
    for signals. In another thread `check_time` raises it, which the recognisers call each before
    its turn, or else the block's end: late by one recogniser's time, but nothing passes.
    """
    started = time.monotonic()
    if breaks_off():
        with _alarm(seconds):
            yield
    else:
        with _deadline(started + seconds):
            yield
    if time.monotonic() - started > seconds:
        raise TimedOut


def check_time() -> None:
    """Raise `TimedOut` when the time of a block in this thread is over, where no alarm rings."""
    if time.monotonic() > getattr(_THREAD, "until", _NEVER):
        raise TimedOut


@contextmanager
def _deadline(until: float) -> Iterator[None]:
    before = getattr(_THREAD, "until", _NEVER)
    _THREAD.until = min(before, until)
    try:
        yield
    finally:
        _THREAD.until = before


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
