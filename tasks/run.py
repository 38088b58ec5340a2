"""What every flow run shares: its settings, how it is called, and progress that can be watched."""

import logging
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn
from uuid import UUID

from prefect import Flow
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run

from flywheel.errors import UserError
from flywheel.settings import Settings, load_settings

HOME: Final = "Folder of the runtime state; empty: FLYWHEEL_HOME, else data/run"
"""What the UI's form says of the parameter `home`."""

_EVERY_S: Final = 1.0


def _says_more_than_the_state(record: logging.LogRecord) -> bool:
    """Whether a log line is news.

    For a flow that returns `Failed(message=...)` the engine logs the message, and then a traceback
    of its own code as an "unexpected exception".
    """
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


logging.getLogger("prefect.flow_runs").addFilter(_says_more_than_the_state)


def settings_of_run(home: str) -> Settings:
    """The settings of a run; its parameter `home`, if given, wins over the environment."""
    return load_settings(Path(home) if home else None)


def parameter(name: str) -> Any:
    """A parameter of the current flow run, for its name."""
    return flow_run.parameters.get(name)


def short_path(path: str | Path) -> str:
    """A path as people know it: relative to the working directory where it lies below it."""
    absolute = Path(path).absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)


def run_here(flow: Flow[..., Any], **parameters: Any) -> NoReturn:
    """Run a flow in this process, without a deployment, and exit as the command line does."""
    state: State[Any] = flow(**parameters, return_state=True)  # type: ignore[assignment]
    print(f"{flow.name}: {state.name}. {state.message or ''}")  # noqa: T201  # this is a command
    if state.is_completed():
        sys.exit(0)
    kind = (state.message or "").split(":")[0]
    sys.exit(2 if kind in {error.__name__ for error in UserError.__subclasses__()} else 1)


class Progress:
    """A bar on the run's page in the UI, moved once a second at most."""

    def __init__(self, description: str, total: float) -> None:
        self._total = max(total, 1.0)
        self._before = 0.0
        self._moved_at = 0.0
        self._id: UUID = create_progress_artifact(  # type: ignore[assignment]
            progress=0.0, description=description
        )

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._move(100.0)

    def step(self, done: int, total: int | None, weight: float = 1.0) -> None:
        """Report a part of the work: `done` of `total`, which counts as `weight` of the whole."""
        now = time.monotonic()
        if now - self._moved_at >= _EVERY_S:
            self._moved_at = now
            share = min(done / total, 1.0) if total else 0.0
            self._move(100.0 * min((self._before + share * weight) / self._total, 1.0))

    def finish(self, weight: float) -> None:
        """One part of the work is done, whatever its steps said."""
        self._before += weight

    def _move(self, percent: float) -> None:
        update_progress_artifact(artifact_id=self._id, progress=round(percent, 1))
