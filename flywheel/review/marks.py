"""Marks in a text the numbers that the answer or the ideal output gives."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from flywheel.numbers import Number, find_numbers

_MAX_CHARS: Final = 200_000
"""A longer text is shown unmarked: looking through it would keep the reader waiting."""

Mark = Literal["", "answer", "ideal", "both"]


class Marked(NamedTuple):
    """A stretch of text and whose number it is, if anybody's."""

    text: str
    mark: Mark


class Numbers:
    """The numbers of one text, to be found again in another."""

    def __init__(self, text: str | None) -> None:
        self._text = text or ""
        self._all = find_numbers(self._text) if len(self._text) <= _MAX_CHARS else []
        self._digits = {abs(number.written) for number in self._all}
        self._values = {abs(number.value) for number in self._all if not number.year}

    def has(self, number: Number) -> bool:
        """Whether the number stands here, digit by digit or scaled; a rounded one is another.

        "$85.1 million" is the 85.1 of a table in millions, which does not say so in its cell.
        """
        by_value = not number.year and abs(number.value) in self._values
        return by_value or abs(number.written) in self._digits

    def written(self) -> Iterator[tuple[Number, int, int]]:
        """Each number with where it is written, sign and currency included, no space around."""
        for number in self._all:
            written = self._text[number.start : number.end]
            start = number.start + len(written) - len(written.lstrip(" ("))
            yield number, start, number.start + len(written.rstrip(" ,)"))

    def missing_from(self, others: Iterable["Numbers"]) -> tuple[str, ...]:
        """As they are written: the numbers that stand in none of the others, each once."""
        places = list(others)
        lost = [n for n in self._all if not any(place.has(n) for place in places)]
        written = (self._text[number.start : number.end].strip(" (),") for number in lost)
        return tuple(dict.fromkeys(written))


def mark_numbers(text: str, answer: Numbers, ideal: Numbers) -> tuple[Marked, ...]:
    """The text in stretches, those that are a number of the answer or the ideal output marked."""
    if len(text) > _MAX_CHARS:
        return (Marked(text, ""),)
    return tuple(_stretches(text, lambda number: _mark(answer.has(number), ideal.has(number))))


def _stretches(text: str, mark_of: Callable[[Number], Mark]) -> Iterator[Marked]:
    end = 0
    for number in find_numbers(text):
        mark = mark_of(number)
        if not mark:
            continue
        written = text[number.start : number.end]
        start = number.start + len(written) - len(written.lstrip())
        if start > end:
            yield Marked(text[end:start], "")
        yield Marked(text[start : number.end], mark)
        end = number.end
    if end < len(text):
        yield Marked(text[end:], "")


def _mark(in_answer: bool, in_ideal: bool) -> Mark:
    if in_answer and in_ideal:
        return "both"
    return "answer" if in_answer else "ideal" if in_ideal else ""
