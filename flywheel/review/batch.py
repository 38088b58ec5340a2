"""Publishes what reviewers decided: when the queue is empty, or when they say so."""

import logging
from collections.abc import Callable
from threading import Lock

from flywheel.errors import FlywheelError
from flywheel.steps.promote import PromoteReport

_log = logging.getLogger(__name__)


class Batch:
    """The decisions that this page took since the last publication, and what came of that one."""

    def __init__(
        self, promote: Callable[[], PromoteReport], on_finished: Callable[[int], bool] | None
    ) -> None:
        """`on_finished` hears how many decisions are finished; True: somebody else promotes."""
        self._promote = promote
        self._on_finished = on_finished
        self._lock = Lock()
        self.count = 0
        self.report: PromoteReport | None = None
        self.handed_over = False
        self.failure: str | None = None

    def add(self, count: int = 1) -> None:
        """So many judgements more, made or taken back."""
        with self._lock:
            self.count += count

    def finish(self) -> None:
        """The queue is empty: tell whoever promotes, or promote here. Runs in the background.

        Nobody waits for the result, so a failure is kept for the page to show.
        """
        with self._lock:
            count = self.count
        if not count:
            return
        try:
            if self._on_finished is not None and self._on_finished(count):
                self._done(count, None)
            else:
                self.publish()
        except FlywheelError as error:  # its message never quotes text
            self.failure = str(error)
        except Exception as error:
            self.failure = f"a bug ({type(error).__name__}); try: flywheel promote"
            _log.error("promotion failed: %s", type(error).__name__)

    def publish(self) -> PromoteReport:
        """Promote here and now."""
        with self._lock:
            count = self.count
        report = self._promote()
        self._done(count, report)
        return report

    def _done(self, count: int, report: PromoteReport | None) -> None:
        with self._lock:
            self.count -= min(count, self.count)  # decisions made meanwhile stay counted
            self.report, self.handed_over, self.failure = report, report is None, None
