"""Asking many things at once: bounded, kept before the next, given up in time."""

import threading

import pytest

from flywheel.asking import Job, ask_all
from flywheel.errors import ConfigError, ModelError


def _jobs(count: int) -> list[Job[int]]:
    return [Job(str(i), lambda i=i: i) for i in range(count)]  # type: ignore[misc]


def _fail(reason: str) -> int:
    raise ModelError(reason)


def test_every_answer_is_kept_once() -> None:
    """On the calling thread, whichever thread asked."""
    kept: dict[str, int] = {}
    threads = set()

    def keep(answers: list[tuple[str, int]]) -> None:
        threads.add(threading.current_thread())
        assert not kept.keys() & dict(answers).keys()
        kept.update(answers)

    assert ask_all(_jobs(50), keep, 4) == {}
    assert kept == {str(i): i for i in range(50)}
    assert threads == {threading.current_thread()}


def test_nothing_more_is_asked_before_an_answer_is_kept() -> None:
    """Asked and not kept: never more than there are threads."""
    lock, open_answers, most = threading.Lock(), 0, 0

    def ask() -> int:
        nonlocal open_answers, most
        with lock:
            open_answers += 1
            most = max(most, open_answers)
        return 1

    def keep(answers: list[tuple[str, int]]) -> None:
        nonlocal open_answers
        with lock:
            open_answers -= len(answers)

    ask_all([Job(str(i), ask) for i in range(60)], keep, 3)
    assert most <= 3


def test_a_failure_is_its_own_and_the_rest_goes_on() -> None:
    """Key to reason."""
    jobs = [*_jobs(5), Job("bad", lambda: _fail("HTTP 500"))]
    kept: list[tuple[str, int]] = []
    assert ask_all(jobs, kept.extend, 2) == {"bad": "HTTP 500"}
    assert len(kept) == 5


def test_ten_failures_in_a_row_are_enough() -> None:
    """The rest is not asked, and says so."""
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return _fail("time-out")

    errors = ask_all([Job(str(i), ask) for i in range(100)], lambda answers: None, 2)
    assert len(errors) == 100 and len(asked) <= 12
    assert sum(reason.startswith("not asked") for reason in errors.values()) == 100 - len(asked)


def test_failures_between_answers_are_no_row() -> None:
    """An endpoint that answers now and then is worth asking to the end."""
    jobs = [Job(str(i), (lambda: 1) if i % 3 == 0 else lambda: _fail("x")) for i in range(60)]
    errors = ask_all(jobs, lambda answers: None, 1)
    assert set(errors.values()) == {"x"} and len(errors) == 40


def test_what_concerns_all_ends_the_run() -> None:
    """After what had arrived is kept."""

    def refuse() -> int:
        raise ConfigError("the key")

    kept: list[tuple[str, int]] = []
    with pytest.raises(ConfigError):
        ask_all([*_jobs(3), Job("bad", refuse)], kept.extend, 1)
    assert len(kept) == 3


def test_a_keeper_that_fails_ends_the_run() -> None:
    """An answer that cannot be scrubbed or stored is not passed over."""

    def keep(answers: list[tuple[str, int]]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        ask_all(_jobs(20), keep, 2)


def test_progress_reaches_the_total() -> None:
    """Failures count as done."""
    seen: list[tuple[int, int | None]] = []
    jobs = [*_jobs(7), Job("bad", lambda: _fail("x"))]
    ask_all(jobs, lambda answers: None, 2, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (8, 8)
    assert ask_all([], lambda answers: None, 2) == {}
