"""Where the model need not read: what it could propose there is announced already.

A name that words beside it announce outranks the same name by the model, which Presidio drops as
contained in it. So a piece is read only if some other name of two words, or some name of one word,
could come of it. Each test here is implied by what `accept_mention` and `accept_word` accept,
wherever a mention begins or ends.
"""

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final, NamedTuple

from flywheel.scrub.alone import accept_word
from flywheel.scrub.found import Span
from flywheel.scrub.names import CAPITAL, is_run, may_follow, plain
from flywheel.scrub.vocabulary import PARTICLES, SUFFIXES

MODEL_SCORE: Final = 0.7
"""Of a name that the model proposes."""

Places = Container[tuple[int, int]]
"""Where announced names stand, from their first to behind their last character."""

_CHUNK: Final = re.compile(r"\S+")
_CAPITAL: Final = re.compile(CAPITAL)
_CORE: Final = re.compile(r"(?P<before>[\W_]*)(?P<word>[^\W\d_]{2,})(?P<after>[\W_]*)")


class _Pair(NamedTuple):
    """Two words that a mention could begin and end with, only particles between them."""

    first: re.Match[str]
    second: re.Match[str]
    beside: bool
    """Whether nothing is between them."""


def surely(announced: Iterable[Span]) -> frozenset[tuple[int, int]]:
    """Where those stand that outrank the model's."""
    return frozenset((span.start, span.end) for span in announced if span.score > MODEL_SCORE)


def is_settled(text: str, start: int, end: int, announced: Places, split: Container[str]) -> bool:
    """Whether the model can add nothing in `text[start:end]`, which is cut behind a sentence.

    `split` holds the words that the model's tokenizer takes apart.
    """
    names: list[tuple[int, int]] = []
    for pair in _pairs(text, start, end):
        name = _whole_name(pair, split)
        if name is None or name not in announced:
            return False
        if names and pair.first.start() <= names[-1][1]:
            return False  # a third word: the model may hold to the first two
        names.append(name)
    return all(
        any(first <= one.start and one.end == last for first, last in names)
        for one in _words(text, start, end)
    )


def _words(text: str, start: int, end: int) -> Iterator[Span]:
    """Every name of one word that the model could propose."""
    for capital in _CAPITAL.finditer(text, start, end):
        yield from accept_word(text, capital.start(), capital.end(), MODEL_SCORE)


def _pairs(text: str, start: int, end: int) -> Iterator[_Pair]:
    first: re.Match[str] | None = None
    beside = True
    for chunk in _CHUNK.finditer(text, start, end):
        if first is not None and chunk[0][0].isupper():
            yield _Pair(first, chunk, beside)
        if _may_begin(chunk[0]):
            first, beside = chunk, True
        elif plain(chunk[0]) in PARTICLES:
            beside = False
        else:
            first = None


def _may_begin(chunk: str) -> bool:
    """Whether a name can begin within and go on behind: a mention may begin at any character."""
    return any(
        letter.isupper() and is_run(chunk[at:]) and may_follow(chunk[at:])
        for at, letter in enumerate(chunk)
    )


def _whole_name(pair: _Pair, split: Container[str]) -> tuple[int, int] | None:
    """Where the two words stand if no mention can hold less or more of them."""
    first, second = _CORE.fullmatch(pair.first[0]), _CORE.fullmatch(pair.second[0])
    if (
        first is None
        or second is None
        or first["after"] not in ("", ".")
        or second["before"]
        or not pair.beside
    ):
        return None
    for word in (first["word"], second["word"]):
        if word in split or plain(word) in SUFFIXES or not word[1:].islower():
            return None
    start, at = pair.first.start() + first.start("word"), pair.second.start()
    return start, at + second.end("word")
