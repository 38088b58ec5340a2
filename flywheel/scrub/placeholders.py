"""What stands in a value's place: `<PERSON_k3f9q2xa>`, the same wherever the value stands."""

import base64
import hashlib
import hmac
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

from flywheel.scrub.found import Span
from flywheel.scrub.names import normalise_name
from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.view import View

_SIZE: Final = 8
"""Base32 characters, 40 bits: two of a million values share one with a chance below a half."""

TYPES: Final = ("PERSON", *PATTERNS, "OTHER")
"""Every type; OTHER is for what only the owner of the data knows, by the deny-list."""

PLACEHOLDER: Final = re.compile(
    rf"<(?P<type>{'|'.join(TYPES)})_"
    r"(?P<token>[a-z2-7]{4,16}|\*{4}[0-9A-Za-z]{0,4}|hash_[0-9a-f]{64}|enc_(?P<sealed>[a-z2-7]{26,}))>"
)
"""Whatever an operator wrote: scrubbing leaves it, so scrubbing twice is scrubbing once."""

_NUMBERS: Final = ("CREDIT_CARD", "IBAN_CODE", "PHONE_NUMBER", "US_SSN")
"""The types of which a mask may show the last characters."""

_SEPARATORS: Final = re.compile(r"[\W_]+")
_GENDERED: Final = re.compile(r"(?i:(?P<mr>mr)|(?P<ms>mrs|ms|miss))\.?\s")

Meant = Callable[[str], str]
"""Whom a name means: "Ms Simpson" to "Nicholas Simpson", where the texts around it tell."""


def _as_written(value: str) -> str:
    return value


class Keyring:
    """Makes what stands in a value's place, with one secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"scrub").digest()

    def placeholder(self, type: str, value: str, meant: Meant = _as_written) -> str:
        """The placeholder of a value; spellings of one value share it."""
        digest = self._digest("", type, value, meant)
        return f"<{type}_{base64.b32encode(digest).decode().lower()[:_SIZE]}>"

    def hash(self, type: str, value: str, meant: Meant = _as_written) -> str:
        """All 256 bits of it, under a key of their own."""
        return f"<{type}_hash_{self._digest('hash', type, value, meant).hex()}>"

    def _digest(self, domain: str, type: str, value: str, meant: Meant) -> bytes:
        named = normalise(type, meant(value) if type == "PERSON" else value)
        return hmac.digest(self._key, f"{domain}{type}\0{named}".encode(), "sha256")


def mask(type: str, value: str, keep: int) -> str:
    """Nothing of the value, or the last characters of a number that has twice as many."""
    shown = _SEPARATORS.sub("", View(value).text)
    tail = shown[-keep:] if keep and type in _NUMBERS and len(shown) > 2 * keep else ""
    return f"<{type}_****{tail if tail.isascii() else ''}>"


def normalise(type: str, value: str) -> str:
    """A value without what differs between its spellings: case, spaces, separators, titles.

    Of a family name alone the title tells two people apart: "mr keller", "ms keller".
    """
    value = View(value).text
    if type == "PERSON":
        name, titled = normalise_name(value), _GENDERED.match(value)
        return f"{titled.lastgroup} {name}" if titled and " " not in name else name
    folded = unicodedata.normalize("NFKC", value)
    if type == "SECRET":
        return folded
    if type in ("EMAIL_ADDRESS", "URL", "IP_ADDRESS"):
        return folded.casefold()
    return _SEPARATORS.sub("", folded).casefold()


def outside_placeholders(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans that touch no placeholder: what was scrubbed stays as it is.

    A secret keeps what lies around it: one placeholder in a private key does not shield the key.
    """
    taken = _Taken()
    for match in PLACEHOLDER.finditer(text):
        taken.add(match.start(), match.end())
    return [free for span in spans for free in _free(taken, span)]


def _free(taken: "_Taken", span: Span) -> list[Span]:
    gaps = taken.gaps(span.start, span.end)
    if span.type != "SECRET" and gaps != [(span.start, span.end)]:
        return []
    return [span._replace(start=start, end=end) for start, end in gaps]


def apart(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The spans that overlap none of the others."""
    taken = _Taken()
    for other in settle(others):
        taken.add(other.start, other.end)
    return [span for span in spans if taken.is_free(span.start, span.end)]


def settle(spans: Iterable[Span]) -> list[Span]:
    """Non-overlapping spans in order: the longer wins, its rival keeps what lies outside it."""
    taken = _Taken()
    settled: list[Span] = []
    waiting = sorted(set(spans), key=_rank)
    for span in waiting:
        for start, end in taken.gaps(span.start, span.end):
            taken.add(start, end)
            settled.append(span._replace(start=start, end=end))
    return sorted(settled)


def _rank(span: Span) -> tuple[int, bool, bool, float, Span]:
    """Who found a name goes before its being said elsewhere in the event, whatever the score."""
    return span.start - span.end, span.by != "deny", span.by == "event", -span.score, span


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
