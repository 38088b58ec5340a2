"""Only a failure that another try can mend is tried again."""

import pytest
from prefect.states import Failed

from flywheel.errors import (
    ConfigError,
    InputError,
    ModelError,
    ReleaseError,
    ScrubError,
    SourceError,
    StoreError,
)
from tasks.retry import RETRIES, may_help


def _failed_with(error: Exception) -> bool:
    return may_help(None, None, Failed(data=error))


@pytest.mark.parametrize(
    "error", [StoreError("busy"), ModelError("away"), OSError(28, "full"), ConnectionError()]
)
def test_a_busy_database_a_disk_and_a_network_are_tried_again(error: Exception) -> None:
    """They pass by themselves."""
    assert _failed_with(error)


@pytest.mark.parametrize(
    "error",
    [
        SourceError("no such file"),
        InputError("line 3"),
        ConfigError("FLYWHEEL_SALT"),
        ReleaseError("damaged"),
        ScrubError("model"),
        ValueError("a bug"),
    ],
)
def test_a_mistake_or_a_bug_is_not(error: Exception) -> None:
    """It would fail just so again, and later; a scrub that failed is for a person to see."""
    assert not _failed_with(error)


def test_tries_are_few_and_apart() -> None:
    """Two more tries within a minute: the next scheduled run is near anyway."""
    assert RETRIES["retries"] == len(RETRIES["retry_delay_seconds"]) == 2
    assert sum(RETRIES["retry_delay_seconds"]) <= 60
