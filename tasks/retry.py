"""When trying again can help: a busy database, a disk or network fault, a model that is away."""

from typing import Any, Final, TypedDict

from flywheel.errors import ModelError, StoreError


class Retries(TypedDict):
    """What `@task` takes."""

    retries: int
    retry_delay_seconds: list[float]


RETRIES: Final[Retries] = {"retries": 2, "retry_delay_seconds": [5, 30]}


def may_help(task: Any, run: Any, state: Any) -> bool:
    """Whether a failed task run is worth another try: a user's mistake or a bug is not."""
    try:
        state.result()
    except (StoreError, ModelError, OSError):
        return True
    except Exception:
        return False
    return False
