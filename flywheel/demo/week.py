"""The week of the story: which day has how many questions, asked of which model."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from flywheel.demo.seeds import seeds

THURSDAY: Final = datetime(2025, 3, 6, tzinfo=UTC)
MONDAY_NINE: Final = THURSDAY + timedelta(days=4, hours=9)
"""When the team runs the loop: no event is later."""


@dataclass(frozen=True)
class Day:
    """One day: its name, its date, how many questions, the hours, and the provider's model."""

    name: str
    start: datetime
    questions: int
    hours: tuple[int, int]
    model: str


def make_week() -> list[Day]:
    """Thursday to Monday nine; the provider changes the model on Saturday at midnight."""
    counts: dict[str, int] = seeds("behaviour")["days"]
    hours = {"saturday": (9, 18), "sunday": (10, 20), "monday": (6, 9)}
    return [
        Day(
            name=name,
            start=THURSDAY + timedelta(days=index),
            questions=count,
            hours=hours.get(name, (8, 19)),
            model="v1" if index < 2 else "v2",
        )
        for index, (name, count) in enumerate(counts.items())
    ]


def draw_times(random: Random, day: Day) -> list[datetime]:
    """A time for each question of the day, in order; ten minutes before the end none is asked."""
    first, last = (hour * 3600 for hour in day.hours)
    seconds = sorted(random.randint(first, last - 600) for _ in range(day.questions))
    return [day.start + timedelta(seconds=second) for second in seconds]
