"""Keyed placeholders: `<PERSON_k3f9q2xa>` for a value, the same wherever the value stands."""

import base64
import hashlib
import hmac
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable
from typing import Final

from flywheel.scrub.found import Span
from flywheel.scrub.names import normalise_name
from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.view import View

_SIZE: Final = 8
"""Base32 characters, 40 bits: two of a million values share one with a chance below a half."""

PLACEHOLDER: Final = re.compile(rf"<(?:PERSON|{'|'.join(PATTERNS)})_[a-z2-7]{{4,16}}>")
_SEPARATORS: Final = re.compile(r"[\W_]+")


class Keyring:
    """Makes placeholders with one secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"scrub").digest()

    def placeholder(self, type: str, value: str) -> str:
        """The placeholder of a value; spellings of one value share it."""
        message = f"{type}\0{normalise(type, value)}".encode()
        digest = hmac.digest(self._key, message, "sha256")
        return f"<{type}_{base64.b32encode(digest).decode().lower()[:_SIZE]}>"


def placeholder_size(type: str) -> int:
    """Characters of a placeholder of this type."""
    return len(type) + _SIZE + 3


def normalise(type: str, value: str) -> str:
    """A value without what differs between its spellings: case, spaces, separators, titles."""
    value = View(value).text
    if type == "PERSON":
        return normalise_name(value)
    folded = unicodedata.normalize("NFKC", value)
    if type == "SECRET":
        return folded
    if type in ("EMAIL_ADDRESS", "URL", "IP_ADDRESS"):
        return folded.casefold()
    return _SEPARATORS.sub("", folded).casefold()


def is_allowed(value: str, allow: Collection[str]) -> bool:
    """Whether the owner of the data said that this value is nobody's."""
    return bool(allow) and value.casefold() in {word.casefold() for word in allow}


def outside_placeholders(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans that touch no placeholder: what was scrubbed stays as it is."""
    taken = _Taken()
    for match in PLACEHOLDER.finditer(text):
        taken.add(match.start(), match.end())
    return [span for span in spans if taken.is_free(span.start, span.end)]


def settle(spans: Iterable[Span]) -> list[Span]:
    """Non-overlapping spans in order: the longer wins, its rival keeps what lies outside it."""
    taken = _Taken()
    settled: list[Span] = []
    waiting = sorted(set(spans), key=lambda s: (s.start - s.end, -s.score, s))
    for span in waiting:
        for start, end in taken.gaps(span.start, span.end):
            taken.add(start, end)
            settled.append(span._replace(start=start, end=end))
    return sorted(settled)


class _Taken:
    """Disjoint intervals in order, asked and filled by bisection."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def is_free(self, start: int, end: int) -> bool:
        return list(self.gaps(start, end)) == [(start, end)]

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        gaps: list[tuple[int, int]] = []
        for index in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[index] >= end:
                break
            if start < self._starts[index]:
                gaps.append((start, self._starts[index]))
            start = self._ends[index]
        if start < end:
            gaps.append((start, end))
        return gaps

    def add(self, start: int, end: int) -> None:
        index = bisect_right(self._starts, start)
        self._starts.insert(index, start)
        self._ends.insert(index, end)
