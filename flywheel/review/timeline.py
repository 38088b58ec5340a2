"""What users did about the answers of a case, in time: as a small picture and in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import log1p
from typing import Final, Literal, NamedTuple

WIDTH: Final = 640
HEIGHT: Final = 54
_EDGE: Final = 14
_MIDDLE: Final = 27
_NEXT_TO: Final = 11
"""Pixels within which two dots would cover each other: the second one moves up or down."""

Leaning = Literal["for", "against", "neither"]

_LEANING: Final[dict[str, Leaning]] = {
    "correction": "against",
    "flag": "against",
    "rewrite": "against",
    "regenerate": "against",
    "abandon": "against",
    "dismiss": "against",
    "follow_up": "neither",
    "comment": "neither",
    "dwell": "neither",
    "copy": "for",
    "accept": "for",
    "share": "for",
}


class Happening(NamedTuple):
    """One piece of feedback about an answer of the case."""

    signal: str
    answered: datetime
    """When that answer was given."""
    time: datetime
    value: float | None
    comment: str | None
    correction: str | None
    own: bool
    """About the very answer that the case shows, not about a variant."""


class Dot(NamedTuple):
    """A happening, placed."""

    x: int
    y: int
    leaning: Leaning
    said: str
    later: str
    text: str | None
    own: bool


def place(happenings: Sequence[Happening]) -> tuple[Dot, ...]:
    """In the order of their delay, on a logarithmic scale: seconds and days both have room."""
    ordered = sorted(happenings, key=_delay)
    longest = max((log1p(_delay(one)) for one in ordered), default=0.0) or 1.0
    dots: list[Dot] = []
    for one in ordered:
        x = round(_EDGE + (WIDTH - 2 * _EDGE) * log1p(_delay(one)) / longest)
        y = _free_height(dots, x)
        text = one.comment or one.correction
        later = say_later(one.time - one.answered)
        said = say_signal(one.signal, one.value)
        dots.append(Dot(x, y, leaning(one.signal, one.value), said, later, text, one.own))
    return tuple(dots)


def leaning(signal: str, value: float | None) -> Leaning:
    """Whether it speaks for the answer or against it."""
    if signal == "thumbs":
        return "for" if (value or 0) > 0 else "against"
    if signal == "rating":
        return "for" if (value or 0) >= 0.5 else "against"
    if signal == "rank":
        return "for" if value == 0 else "against"
    if signal == "edit":
        return "for" if value is not None and value < 0.1 else "against"
    return _LEANING.get(signal, "neither")


def say_signal(signal: str, value: float | None) -> str:
    """A signal with what its value says: "thumbs down", "copy 40%"."""
    said = signal.replace("_", " ")
    if value is None:
        return said
    if signal == "thumbs":
        return f"{said} {'up' if value > 0 else 'down'}"
    if signal in ("rating", "copy", "edit"):
        return f"{said} {value:.0%}"
    return f"{said} {value:.0f}{' s' if signal == 'dwell' else ''}"


def say_later(delay: timedelta) -> str:
    """A delay in the unit that fits: "40 s later"."""
    seconds = delay.total_seconds()
    if seconds < 1:
        return "at once"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} later"
    return f"{seconds:.0f} s later"


def _delay(one: Happening) -> float:
    return max(0.0, (one.time - one.answered).total_seconds())


def _free_height(dots: Sequence[Dot], x: int) -> int:
    near = sum(1 for dot in dots if abs(dot.x - x) < _NEXT_TO)
    step = (near + 1) // 2 * _NEXT_TO
    y = _MIDDLE - step if near % 2 else _MIDDLE + step
    return min(max(y, 6), HEIGHT - 6)
