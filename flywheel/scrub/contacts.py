"""E-mail addresses and telephone numbers, told from figures, dates and identifiers."""

import re
from collections.abc import Iterator
from typing import Final

from flywheel.scrub.cues import cued
from flywheel.scrub.found import Span

_LOCAL_END = re.compile(r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?=(?:@|%40)\Z)")
_DOMAIN = re.compile(
    r"(?:(?:\w(?:[\w-]{0,61}\w)?\.)+[^\W\d_]{2,24}(?![\w-])"
    r"|\[\d{1,3}(?:\.\d{1,3}){3}\])"
)
_AT = re.compile(r"@|%40")
_SPELLED = re.compile(
    r"\b[\w.+-]{1,64}\s?[\[({]\s?at\s?[\])}]\s?(?:[\w-]{1,63}\s?(?:\.|[\[({]\s?dot\s?[\])}])\s?)+"
    r"[a-z]{2,24}\b",
    re.I,
)

_BEFORE: Final = r"(?<![\w$€£¥.,+:/#=(-])(?<![$€£¥] )"
_AFTER: Final = r"(?![\w%]|[.,:/-]\w|\s?%)"
_EXTENSION: Final = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?"

_INTERNATIONAL = re.compile(
    r"(?<![\w$€£¥.,+])(?:\+|00(?=\s?[1-9]))\s?"
    r"([1-9]\d{0,2}(?:[ .\-/]?(?:\(\d{1,5}\)|\d{1,11})){1,7})" + _EXTENSION + _AFTER,
    re.ASCII,
)
_AMERICAN = re.compile(
    r"(?<![\w$€£¥.,+:/#=(-])(?<![$€£¥] )(?:\+?1[ .-]?)?"
    r"(?:\(\d{3}\)\s?\d{3}[.-]\d{4}|\d{3}([.-])\d{3}\1\d{4}|\d{3}/\d{3}-\d{4})"
    + _EXTENSION
    + _AFTER,
    re.ASCII,
)
_NATIONAL = re.compile(
    _BEFORE
    + r"(?:\(?0\d{1,5}\)?(?:[ .\-/]\d{2,8}){1,5}|\(0\d{1,5}\)\d{4,8}|0[1-9]\d{8,9})"
    + _EXTENSION
    + _AFTER,
    re.ASCII,
)
_CUED = re.compile(
    _BEFORE + r"\(?\d{1,12}\)?(?:[ .\-/]{1,3}\(?\d{1,8}\)?){0,6}" + _EXTENSION + _AFTER, re.ASCII
)
_DATE = re.compile(
    r"(?:\d{1,2}([ ./-])\d{1,2}\1(?:19|20)?\d\d|(?:19|20)\d\d([ ./-])\d{1,2}\2\d{1,2})"
    r"|(?:(?:19|20)\d\d)(?:[ /-]+(?:19|20)?\d\d)*"
)
_CUE = re.compile(
    r"\b(?:(?:(?:tele)?phone|tel|mobile|cell(?:phone|ular)?|fax|whats ?app|sms|landline|hotline"
    r"|phone number)\b"
    r"|(?:call|text|ring|dial|reach|contact)(?:ing|ed)?"
    r"(?:\s+(?:me|us|him|her|them|back))?(?:\s+(?:at|on|under))?\s*:?\s*$)",
    re.I,
)
_CUE_AFTER = re.compile(
    r"\s?[-(,]?\s?(?:office|mobile|cell|home|work|fax)\b"
    r"|\s+is\s+(?:my|our|his|her|the)\s+(?:\w+\s+)?(?:phone|mobile|cell|number|line)\b",
    re.I,
)


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses as written, percent-encoded, or spelled with [at] and [dot]."""
    for at in _AT.finditer(text):
        local = _LOCAL_END.search(text, max(0, at.start() - 64), at.end())
        domain = _DOMAIN.match(text, at.end())
        if local and domain:
            start = local.start() + len(local[0]) - len(local[0].lstrip(".'"))
            yield Span(start, domain.end(), "EMAIL_ADDRESS", 1.0)
    if "at" in text:
        for match in _SPELLED.finditer(text):
            yield Span(match.start(), match.end(), "EMAIL_ADDRESS", 0.8)


def find_phones(text: str) -> Iterator[Span]:
    """Telephone numbers: by a plus, by their separators, or by a cue beside them."""
    for match in _INTERNATIONAL.finditer(text):
        if 8 <= _digits(match[1]) <= 15:
            yield Span(match.start(), match.end(), "PHONE_NUMBER", 0.9)
    for match in _AMERICAN.finditer(text):
        yield Span(match.start(), match.end(), "PHONE_NUMBER", 0.8)
    for match in _NATIONAL.finditer(text):
        if 9 <= _digits(match[0]) <= 12 and not _DATE.fullmatch(match[0]):
            yield Span(match.start(), match.end(), "PHONE_NUMBER", 0.6)
    for match in _CUED.finditer(text):
        if _is_cued(text, match):
            yield Span(match.start(), match.end(), "PHONE_NUMBER", 0.6)


def _is_cued(text: str, match: re.Match[str]) -> bool:
    if not 7 <= _digits(match[0]) <= 15 or _DATE.fullmatch(match[0]):
        return False
    return cued(text, match.start(), _CUE) or _CUE_AFTER.match(text, match.end()) is not None


def _digits(raw: str) -> int:
    return sum(character.isdigit() for character in raw)
