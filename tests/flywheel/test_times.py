"""A span of time is read as a person means it."""

from datetime import UTC, datetime

import pytest

from flywheel.errors import InputError
from flywheel.times import ALWAYS, parse_span

NOON = datetime(2025, 1, 6, 12, tzinfo=UTC)


def test_the_end_is_outside_and_the_start_inside() -> None:
    """So two spans that meet share no event."""
    morning = parse_span("2025-01-06", "2025-01-06T13:00:00+01:00")
    afternoon = parse_span("2025-01-06T12:00:00Z", None)
    assert NOON not in morning and NOON in afternoon


def test_without_bounds_every_time_is_inside() -> None:
    """An empty form field is no bound."""
    assert parse_span(None, "") == ALWAYS and not ALWAYS and NOON in ALWAYS


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01", "2025-01-06T09:00:00", "06.01.2025"])
def test_what_is_no_time_is_a_mistake(text: str) -> None:
    """A time without an offset could be anyone's."""
    with pytest.raises(InputError, match="--since"):
        parse_span(text, None)


def test_a_span_that_holds_nothing_is_a_mistake() -> None:
    """Most likely the two were mixed up."""
    with pytest.raises(InputError, match="no time lies between"):
        parse_span("2025-01-07", "2025-01-06")
