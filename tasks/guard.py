"""Keeps the text of unexpected errors out of Prefect: a library's message may quote a user's text.

Prefect writes an exception's message into states and logs, and pickles it beside its database when
a flow raises it. The project's own errors never quote; of any other only kind and place remain.
"""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flywheel.errors import FlywheelError, WithheldError
from flywheel.settings import PROJECT

P = ParamSpec("P")
R = TypeVar("R")
_FRAMES: Final = 3


def guarded(step: Callable[P, R]) -> Callable[P, R]:
    """A task's function that raises this project's errors, `OSError`, or `WithheldError`."""

    @wraps(step)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(*args, **kwargs)
        except (FlywheelError, OSError):
            raise
        except Exception as error:
            raise withhold(error) from None

    return run


def ends_in_a_state(story: Callable[P, State[None]]) -> Callable[P, State[None]]:
    """A flow's function that ends failed with a message where it would raise."""

    @wraps(story)
    def run(*args: P.args, **kwargs: P.kwargs) -> State[None]:
        try:
            return story(*args, **kwargs)
        except Exception as error:
            known = error if isinstance(error, FlywheelError | OSError) else withhold(error)
            message = f"{type(known).__name__}: {known}"
            get_run_logger().error(message)
            return Failed(message=message)

    return run


def withhold(error: Exception) -> WithheldError:
    """Kind and place of an error: the last frames inside this project, without any value."""
    inside = [
        f"{Path(frame.filename).relative_to(PROJECT)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PROJECT) and ".venv" not in frame.filename
    ]
    place = ", ".join(reversed(inside[-_FRAMES:])) or "a library"
    return WithheldError(f"unexpected {type(error).__name__} at {place}; its text is withheld")
