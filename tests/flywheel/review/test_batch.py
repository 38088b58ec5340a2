"""What becomes of finished decisions."""

import logging

import pytest

from flywheel.errors import ReleaseError
from flywheel.review.batch import Batch
from flywheel.steps.promote import PromoteReport
from tests.flywheel.review.conftest import nothing_changed


def test_somebody_who_promotes_is_told_and_nothing_else_happens() -> None:
    """Where Prefect takes the batch, the page does not promote."""
    told: list[int] = []

    def announce(count: int) -> bool:
        told.append(count)
        return True

    batch = Batch(_never, announce)
    batch.add()
    batch.add()
    batch.finish()
    assert (told, batch.count, batch.handed_over, batch.report) == ([2], 0, True, None)


def test_an_empty_batch_is_none() -> None:
    """Skipping through the queue promotes nothing and tells nobody."""
    batch = Batch(_never, lambda count: pytest.fail("told of nothing"))
    batch.finish()
    assert not batch.handed_over


@pytest.mark.parametrize("nobody", [None, lambda count: False])
def test_when_nobody_promotes_the_page_does(nobody: object) -> None:
    """Without a listener, or with one that says no."""
    batch = Batch(nothing_changed, nobody)  # type: ignore[arg-type]
    batch.add()
    batch.finish()
    assert batch.report == nothing_changed()
    assert (batch.count, batch.handed_over) == (0, False)


def test_decisions_made_meanwhile_are_of_the_next_batch() -> None:
    """A promotion takes a while, and reviewers go on."""

    def promote() -> PromoteReport:
        batch.add()
        return nothing_changed()

    batch = Batch(promote, None)
    batch.add()
    batch.publish()
    assert batch.count == 1


def test_a_failure_in_the_background_is_kept_for_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A known error by its message, a bug by its type alone; the decisions stay counted."""

    def fail() -> PromoteReport:
        raise errors.pop()

    errors: list[Exception] = [ValueError("somebody's text"), ReleaseError("the disk is full")]
    batch = Batch(fail, None)
    batch.add()
    batch.finish()
    assert batch.failure == "the disk is full"
    with caplog.at_level(logging.DEBUG):
        batch.finish()
    assert batch.failure is not None
    assert "ValueError" in batch.failure
    assert "somebody" not in batch.failure + caplog.text
    assert batch.count == 1


def _never() -> PromoteReport:
    pytest.fail("promoted here")
