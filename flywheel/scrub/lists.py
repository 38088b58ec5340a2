"""The owner's lists: words that are never personal data, and words that always are."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from flywheel.scrub.found import Span
from flywheel.scrub.view import View
from schemas.personal_data import Denied

_SPACE = re.compile(r"\s+")
_WITHIN = r"\S*"


def is_allowed(value: str, allow: Collection[str]) -> bool:
    """Whether the owner of the data said that this value is nobody's.

    The whole value is compared, in any case and spacing; a `*` stands for any run of characters.
    """
    return bool(allow) and _allowing(tuple(allow)).fullmatch(value) is not None


@lru_cache(maxsize=8)
def _allowing(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_literal(word, ".*") for word in words), re.I | re.S)


def find_denied(text: str, deny: Sequence[Denied]) -> Iterator[Span]:
    """Where the denied words stand, whole; within one a `*` reaches to the end of a word."""
    if not deny:
        return
    view = View(text)
    for one in deny:
        for match in _denying(one.word).finditer(view.text):
            yield view.back(Span(match.start(), match.end(), one.type, 1.0, "deny"))


@lru_cache(maxsize=1024)
def _denying(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_literal(word, _WITHIN)}(?!\w)", re.I)


def _literal(word: str, star: str) -> str:
    parts = (
        r"\s+".join(re.escape(piece) for piece in _SPACE.split(part)) for part in word.split("*")
    )
    return star.join(parts)
