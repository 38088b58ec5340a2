"""What is done behind the caller's back comes to an end, in order, and its errors come out."""

import threading
from contextvars import ContextVar

import pytest

from flywheel.steps.behind import one_behind


def test_results_come_in_order_and_in_the_caller_s_thread() -> None:
    """One piece at a time: the next starts when the one before has been told."""
    told: list[tuple[int, int]] = []
    with one_behind() as behind:
        for n in range(5):
            behind.put(lambda n=n: (n, len(told)), told.append)  # type: ignore[misc]
            assert threading.active_count() >= 2
    assert told == [(n, n) for n in range(5)]


def test_it_goes_on_while_the_caller_does_something_else() -> None:
    """Work that waits for the caller gets what it waits for."""
    ready, told = threading.Event(), list[bool]()
    with one_behind() as behind:
        behind.put(lambda: ready.wait(30), told.append)
        assert not told
        ready.set()
    assert told == [True]


def test_an_error_comes_out_with_the_next_piece_which_does_not_start() -> None:
    """A batch behind one that was not committed must not be written."""
    started: list[str] = []

    def fail() -> None:
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"), one_behind() as behind:
        behind.put(fail, started.append)
        behind.put(lambda: started.append("second"), started.append)
    assert started == []


def test_a_failing_caller_waits_for_what_is_under_way() -> None:
    """What was begun is finished and told before the caller's own error comes out."""
    told: list[str] = []
    with pytest.raises(KeyError), one_behind() as behind:
        behind.put(lambda: "done", told.append)
        raise KeyError
    assert told == ["done"]


def test_when_both_fail_what_came_first_is_raised() -> None:
    """As if the work had been done at once: the caller would not have come to its own error."""

    def fail() -> None:
        raise ValueError("under way")

    with pytest.raises(ValueError, match="under way"), one_behind() as behind:
        behind.put(fail, print)
        raise KeyError


def test_who_interrupts_it_is_heard() -> None:
    """An error that a caller would go on after must not swallow Ctrl-C."""

    def fail() -> None:
        raise ValueError("under way")

    with pytest.raises(KeyboardInterrupt), one_behind() as behind:
        behind.put(fail, print)
        raise KeyboardInterrupt


def test_context_goes_along() -> None:
    """A log handler that asks in which run it is gets the caller's answer."""
    run: ContextVar[str] = ContextVar("run", default="none")
    told: list[str] = []
    run.set("this one")
    with one_behind() as behind:
        behind.put(run.get, told.append)
    assert told == ["this one"]
