"""Marks the numbers of an answer: those that the context holds, and those that it does not."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from flywheel.review.diff import Kind, Piece
from flywheel.review.marks import Numbers

Ground = Literal["", "found", "missing"]


class Span(NamedTuple):
    """Where a number stands in a text, and whether any source holds it."""

    start: int
    end: int
    found: bool


class Grounded(NamedTuple):
    """A stretch of text: how it differs from the other text, and whether its number is found."""

    text: str
    kind: Kind
    ground: Ground


def ground(pieces: Iterable[Piece], spans: Sequence[Span]) -> tuple[Grounded, ...]:
    """Pieces of one text, cut where its numbers begin and end; joined, they are still the text."""
    cut: list[Grounded] = []
    at, waiting = 0, list(spans)
    for piece in pieces:
        end = at + len(piece.text)
        while at < end:
            while waiting and waiting[0].end <= at:
                waiting.pop(0)
            span = waiting[0] if waiting else None
            inside = span is not None and span.start <= at
            stop = end if span is None else min(end, span.end if inside else max(span.start, at))
            mark: Ground = "" if span is None or not inside else _named(span.found)
            text = piece.text[len(piece.text) - (end - at) : len(piece.text) - (end - stop)]
            cut.append(Grounded(text, piece.kind, mark))
            at = stop
    return tuple(cut)


def find_grounds(numbers: Numbers, sources: Sequence[Numbers]) -> list[Span]:
    """Each number of a text with whether one of the sources has it; digits alone, no unit."""
    return [
        Span(start, end, any(source.has(number) for source in sources))
        for number, start, end in numbers.written()
    ]


def _named(found: bool) -> Ground:
    return "found" if found else "missing"
