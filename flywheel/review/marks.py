"""Marks in a text the numbers that the answer or the ideal output gives."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from flywheel.numbers import Number, find_numbers, same_number

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
        found = find_numbers(text) if text and len(text) <= _MAX_CHARS else []
        self._by_digits: dict[Decimal, list[Number]] = {}
        for number in found:
            self._by_digits.setdefault(abs(number.written), []).append(number)
        self._all = found
        self.written = {number: text[number.start : number.end] for number in found} if text else {}

    def has(self, number: Number) -> bool:
        """Whether the number stands here: digit by digit, or as the same value.

        "$85.1 million" is the 85.1 of a table in millions, which does not say so in its cell.
        """
        if abs(number.written) in self._by_digits:
            return True
        values = [other for other in self._all if not other.year]
        return not number.year and any(same_number(number, other) for other in values)

    def missing_from(self, others: Iterable["Numbers"]) -> tuple[str, ...]:
        """As they are written: the numbers that stand in none of the others, each once."""
        places = list(others)
        lost = [n for n in self._all if not any(place.has(n) for place in places)]
        return tuple(dict.fromkeys(self.written[number].strip(" (),") for number in lost))


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
