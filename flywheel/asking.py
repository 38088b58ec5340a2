"""Asks many things at once and keeps every answer before asking the next."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from flywheel.errors import ModelError

T = TypeVar("T")
Progress = Callable[[int, int | None], None]

_IN_A_ROW: Final = 10
"""Failures without a success between them, after which an endpoint counts as down."""


@dataclass(frozen=True)
class Job(Generic[T]):
    """One thing to ask for."""

    key: str
    ask: Callable[[], T]
    """Raises `ModelError` for what concerns this job alone; any other error ends the run."""


@dataclass
class _Outcome(Generic[T]):
    job: Job[T]
    answer: T | None = None
    failure: BaseException | None = None
    kept: threading.Event = field(default_factory=threading.Event)


def ask_all(
    jobs: Sequence[Job[T]],
    keep: Callable[[list[tuple[str, T]]], None],
    concurrency: int,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Ask every job on `concurrency` threads; `keep` stores answers, on the calling thread.

    A thread asks for nothing more until its last answer is kept: killed at any moment, at most
    `concurrency` answers were asked for and not kept. After ten failures in a row the rest is not
    asked.

    Returns the jobs without an answer, key to reason.
    """
    run = _Run(jobs)
    threads = [
        threading.Thread(target=run.work, name=f"ask-{i}", daemon=True)
        for i in range(min(concurrency, len(jobs)))
    ]
    for thread in threads:
        thread.start()
    try:
        return _gather(run, keep, progress)
    finally:
        run.stop.set()


class _Run(Generic[T]):
    """What the threads share."""

    def __init__(self, jobs: Sequence[Job[T]]) -> None:
        self.total = len(jobs)
        self.stop = threading.Event()
        self.outcomes: queue.SimpleQueue[_Outcome[T]] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[Job[T]] = queue.SimpleQueue()
        for job in jobs:
            self._jobs.put(job)

    def work(self) -> None:
        """One thread: ask, hand over, wait until it is kept."""
        while not self.stop.is_set():
            job = self.take()
            if job is None:
                return
            outcome = _Outcome(job)
            try:
                outcome.answer = job.ask()
            except BaseException as error:  # the calling thread decides what it means
                outcome.failure = error
            self.outcomes.put(outcome)
            while not outcome.kept.wait(0.5):
                if self.stop.is_set():
                    return

    def take(self) -> Job[T] | None:
        """The next job, or none."""
        try:
            return self._jobs.get_nowait()
        except queue.Empty:
            return None


def _gather(
    run: _Run[T], keep: Callable[[list[tuple[str, T]]], None], progress: Progress | None
) -> dict[str, str]:
    errors: dict[str, str] = {}
    done, failed_in_a_row = 0, 0
    while done < run.total:
        batch = _arrived(run.outcomes)
        good = [(o.job.key, o.answer) for o in batch if o.answer is not None]
        if good:
            keep(good)
        failed_in_a_row = _note_failures(batch, errors, failed_in_a_row)
        done += len(batch)
        if failed_in_a_row >= _IN_A_ROW:
            done += _give_up(run, errors)
        for outcome in batch:
            outcome.kept.set()
        if progress:
            progress(done, run.total)
    return errors


def _note_failures(batch: list[_Outcome[T]], errors: dict[str, str], in_a_row: int) -> int:
    """Failures in a row so far; raises what concerns more than one job."""
    for outcome in batch:
        if outcome.failure is None:
            in_a_row = 0
        elif isinstance(outcome.failure, ModelError):
            in_a_row += 1
            errors[outcome.job.key] = str(outcome.failure)
        else:
            raise outcome.failure
    return in_a_row


def _arrived(outcomes: "queue.SimpleQueue[_Outcome[T]]") -> list[_Outcome[T]]:
    batch = [outcomes.get()]
    while True:
        try:
            batch.append(outcomes.get_nowait())
        except queue.Empty:
            return batch


def _give_up(run: _Run[T], errors: dict[str, str]) -> int:
    """Take every job that nobody has begun off the list."""
    skipped = 0
    while (job := run.take()) is not None:
        errors[job.key] = f"not asked: {_IN_A_ROW} requests in a row had failed"
        skipped += 1
    return skipped
