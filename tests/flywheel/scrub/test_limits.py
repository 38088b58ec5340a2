"""How long one text may take."""

import re
import signal
import threading
import time
from contextlib import suppress

import pytest

from flywheel.scrub.engine import Engine, PatternFinder
from flywheel.scrub.found import Findings
from flywheel.scrub.limits import TimedOut, check_time, time_limit
from flywheel.scrub.patterns import PATTERNS
from flywheel.settings import ScrubSettings
from schemas.fault import Reason

STUCK = re.compile(r"(a+)+$")
"""Takes hours on the text below."""


def test_a_stuck_expression_is_broken_off() -> None:
    """The alarm reaches into the matcher."""
    with pytest.raises(TimedOut), time_limit(0.1):
        STUCK.match("a" * 60 + "b")


def test_what_is_quick_enough_is_left_alone() -> None:
    """And no alarm is left over."""
    with time_limit(30):
        assert STUCK.match("aaa")
    assert signal.getsignal(signal.SIGALRM) != signal.SIG_IGN


def test_in_a_thread_it_is_noticed_at_the_end() -> None:
    """No signal reaches a thread; what took too long still does not pass."""
    caught: list[bool] = []

    def work() -> None:
        try:
            with time_limit(0.01):
                time.sleep(0.05)
        except TimedOut:
            caught.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert caught == [True]


def test_in_a_thread_it_is_noticed_where_it_is_asked_for() -> None:
    """Of nested limits the earlier holds; behind the block nothing is left of it."""
    said: list[str] = []

    def work() -> None:
        check_time()
        with suppress(TimedOut), time_limit(0.01), time_limit(60):
            time.sleep(0.05)
            said.append("before")
            check_time()
            said.append("behind")
        check_time()
        said.append("after")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said == ["before", "after"]


def test_in_a_thread_no_recogniser_begins_when_the_time_is_over() -> None:
    """A text that takes too long ends with the recogniser at hand, and does not pass."""
    engine = Engine(ScrubSettings(timeout_s=1e-9))
    found: list[Findings] = []
    thread = threading.Thread(
        target=lambda: found.extend(engine.analyze(["a@example.com 12"], names=False))
    )
    thread.start()
    thread.join()
    finders = [one for one in engine._recognisers.values() if isinstance(one, PatternFinder)]
    assert found == [Reason.SCRUB_TIMEOUT]
    assert [one.find.cache_info().currsize for one in finders] == [0] * len(PATTERNS)


def test_an_alarm_that_was_set_before_rings_later() -> None:
    """Prefect's own time-outs use the same clock."""

    class Outer(Exception):
        pass

    def ring(*_: object) -> None:
        raise Outer

    before, left = signal.signal(signal.SIGALRM, ring), signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with time_limit(10):
            pass
        with pytest.raises(Outer):
            time.sleep(5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before)


def test_a_swallowed_alarm_rings_again() -> None:
    """As one that rings in a destructor is."""
    swallowed = False
    with pytest.raises(TimedOut), time_limit(0.05):
        try:
            time.sleep(5)
        except TimedOut:
            swallowed = True
        time.sleep(5)
    assert swallowed
