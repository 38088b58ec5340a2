"""A span of time as a person gives it: `--since` and `--until`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from flywheel.errors import InputError


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` on, up to and without `until`; None is without end."""

    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def __contains__(self, time: datetime) -> bool:
        late = self.since is None or time >= self.since
        return late and (self.until is None or time < self.until)


ALWAYS: Final = Span()


def parse_span(since: str | None, until: str | None) -> Span:
    """A span from `2025-01-06` (midnight, UTC) or RFC 3339 times.

    Raises `InputError` for what is no time, and for a span that holds none.
    """
    span = Span(_time("--since", since), _time("--until", until))
    if span.since is not None and span.until is not None and span.since >= span.until:
        raise InputError(f"--since {since} --until {until}: no time lies between them")
    return span


def _time(option: str, text: str | None) -> datetime | None:
    if text is None or not text.strip():
        return None
    try:
        if len(text) == len("2025-01-06"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        time = datetime.fromisoformat(text)
        if time.tzinfo is None:
            raise ValueError
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f"{option} {text[:40]}: not a time; give 2025-01-06 or 2025-01-06T09:00:00Z"
        ) from None
