"""E-mail addresses and telephone numbers, told from figures, dates and identifiers."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

import phonenumbers

from flywheel.scrub.cues import DATE, UNIT_AFTER, cued, is_of_a_thing
from flywheel.scrub.directory import load_directory
from flywheel.scrub.found import Span

_LOCAL_END = re.compile(r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?=(?:@|%40)\Z)")
_DOMAIN = re.compile(
    r"(?:(?:\w(?:[\w-]{0,61}\w)?\.)+[^\W\d_]{2,24}(?![\w-])"
    r"|\[\d{1,3}(?:\.\d{1,3}){3}\])"
)
_AT = re.compile(r"@|%40")
_SPELLED = re.compile(
    r"\b[\w.+-]{1,64}(?:[\[({]\s?dot\s?[\])}][\w.+-]{1,64}){0,3}\s?[\[({]\s?at\s?[\])}]\s?(?:[\w-]{1,63}\s?(?:\.|[\[({]\s?dot\s?[\])}])\s?)+"
    r"[a-z]{2,24}\b",
    re.I,
)
_SPOKEN = re.compile(r"\b[\w.+-]{1,64}\sat\s(?:[\w-]{1,63}\sdot\s){1,4}[a-z]{2,24}\b", re.I)
_APART = re.compile(
    r"(?<![\w.+-])[\w.+-]{0,63}\w(?:[ \n]@[ \n]?|@\n)(?:[\w-]{1,63}\.){1,4}[a-z]{2,6}\b(?!\.\w)"
)
_QUOTED_LOCAL = re.compile(r"\"[^\"@\n]{1,64}\"@(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}")

_BEFORE: Final = r"(?<![\w$€£¥.,+:/#=(-])(?<![$€£¥] )"
_PLACE: Final = r"(?i:office|mobile|cell|home|work|fax)\b"
_AFTER: Final = rf"(?![\w%]|[.,:/]\w|-(?!{_PLACE})\w|\s?%)"
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
_AMERICAN_SPACED = re.compile(
    r"(?<![\w$€£¥.,+:/#=(|-])(?<![\d$€£¥|-] )(?<!\d[.,)] )(?<![\d$€£¥|.,)-]  )(?:\+?1 )?"
    r"\(?[2-9]\d\d\)? \d{3} \d{4}(?! ?[\d(|$€£¥])" + _EXTENSION + _AFTER,
    re.ASCII,
)
"""Figures in groups end in three digits, and a row of a table has other figures beside it."""

_SPACED = re.compile(r"\d{3}\)? \d{3} \d{4}", re.ASCII)
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
_CUE = re.compile(
    r"\b(?:(?:(?:tele)?phone|tel|mobile|cell(?:phone|ular)?|fax|whats ?app|sms|landline|hotline"
    r"|mob|telefon\w*|téléphone|tel[ée]fono|m[óo]vil|cellulare|celular|komórka"
    r"|voicemail|dial-in|call ?back"
    r"|phone number|(?:my|his|her|our|their|the|new) (?:phone |cell |work |home )?number is)\b"
    r"|(?:call|text|ring|dial|reach|contact)(?:ing|ed|able)?"
    r"(?:\s+(?:me|us|him|her|them|back))?(?:\s+(?:at|on|under|via))?\s*:?\s*$"
    r"|\b(?:call(?:s|ed)?\s(?:you|me|us)\s(?:back\s)?from|(?:support|help ?desk|service|hotline"
    r"|reception|office)\sis\s(?:at|on)|appele[rz]?|appelle[rz]?(?:[ -]moi)?"
    r"|chiam(?:i|a|ate|are|ami)|bel(?:len)?|llam(?:e|ar|a|ame)|marque|ruf(?:en|t)?|anrufen|erreichen|ring(?:a|er)?|zadzwo[nń]|dzwo[nń]"
    r"|ligue|ligar)(?:\s(?:le|il|al?|au|den?|unter|naar|på|pod|para|o|u|mij|mich|sie)){0,2}"
    r"(?:\s(?:num[ée]ro|numer|número|nummer))?\s*:?\s*$"
    r"|(?:call|text|ring|dial|reach|contact)\s(?:the\s|my\s|our\s)?[^\W\d]+(?:\s[^\W\d]+)?"
    r"\s(?:at|on|under|via)\s*:?\s*$)",
    re.I,
)
_KEY: Final = re.compile(
    r"(?:(?<![^\W_])(?:tele|cell|mobile|home|work)?(?:phone|mobile|tel|fax|cell)(?:[ _-]?(?:no|num"
    r"|nr|number))?[\"'`]?\s?(?:[=:]\s?[\"'`]?|>)|(?:\A|[\n|,;•]\s{0,3})[TMPF][:.]?[ ])$",
    re.I,
)
"""The key of a record, an XML tag, or the letter of a signature right before the number."""

_NAME_BEFORE: Final = re.compile(
    r"(?<!\w)(?P<title>(?:Dr|Mr|Mrs|Ms|Prof)\.?[ ])?(?P<given>[^\W\d_a-z][^\W\d_]{1,30})"
    r"(?:[ ][^\W\d_][^\W\d_.'’-]{0,30}){0,2}[ ]?[,:(|–-][ ]?$"
)

_FIGURE_WORD: Final = (
    r"\b(?:revenues?|sales|income|costs?|expenses?|profit|loss(?:es)?|counts?|volumes?|spend(?:ing)?"
    r"|units|shipments|subscribers|shares|total|amount|balance|price|strike|option)\b"
)
_FIGURE: Final = re.compile(_FIGURE_WORD, re.I)
"""Between a cue and a number it makes the number a figure: "mobile revenue 1234567"."""

_OF_FIGURE: Final = re.compile(_FIGURE_WORD + r"(?: (?:of|was|were|is|at))?:? ?$", re.I)

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
        spelled = (_SPELLED, _SPOKEN) if " dot " in text else (_SPELLED,)
        for match in chain.from_iterable(pattern.finditer(text) for pattern in spelled):
            yield Span(match.start(), match.end(), "EMAIL_ADDRESS", 0.8)
    if "@" in text:
        for match in chain(_APART.finditer(text), _QUOTED_LOCAL.finditer(text)):
            yield Span(match.start(), match.end(), "EMAIL_ADDRESS", 0.8)


def find_phones(text: str) -> Iterator[Span]:
    """Telephone numbers: by a plus, by their separators, or by a cue or a person beside them."""
    formed: set[int] = set()
    for match in _by_form(text):
        if not is_of_a_thing(text, match):
            formed.add(match.start())
            score = 0.9 if match.re is _INTERNATIONAL else 0.6 if match.re is _NATIONAL else 0.8
            yield Span(match.start(), match.end(), "PHONE_NUMBER", score)
    for match in _CUED.finditer(text):
        known = match.start() in formed
        if _is_cued(text, match) or (not known and _is_beside_name(text, match)):
            yield Span(match.start(), match.end(), "PHONE_NUMBER", 0.6)


def _by_form(text: str) -> Iterator[re.Match[str]]:
    yield from (m for m in _INTERNATIONAL.finditer(text) if _is_international(m))
    yield from _AMERICAN.finditer(text)
    for match in _AMERICAN_SPACED.finditer(text) if _SPACED.search(text) else ():
        if not _OF_FIGURE.search(text[max(0, match.start() - 40) : match.start()]):
            yield match
    for match in _NATIONAL.finditer(text):
        if 9 <= _digits(match[0]) <= 12 and not DATE.fullmatch(match[0]):
            yield match


def _is_international(match: re.Match[str]) -> bool:
    """Eight to fifteen digits; 00 and bare digits must be a number that somebody can have."""
    if not 8 <= _digits(match[1]) <= 15:
        return False
    if not match[0].isdigit():
        return True
    number = phonenumbers.PhoneNumber()
    try:
        phonenumbers.parse(f"+{match[1]}", numobj=number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def _is_beside_name(text: str, match: re.Match[str]) -> bool:
    """Whether a titled or listed name and a comma stand right before nine digits or more."""
    if not 9 <= _digits(match[0]) <= 12 or DATE.fullmatch(match[0]):
        return False
    name = _NAME_BEFORE.search(text, max(0, match.start() - 48), match.start())
    if name is None or UNIT_AFTER.match(text, match.end()):
        return False
    return name["title"] is not None or load_directory().is_given(name["given"])


def _is_cued(text: str, match: re.Match[str]) -> bool:
    if not 7 <= _digits(match[0]) <= 15 or DATE.fullmatch(match[0]):
        return False
    before = text[max(0, match.start() - 40) : match.start()]
    if UNIT_AFTER.match(text, match.end()) or _OF_FIGURE.search(before):
        return False
    return (
        _KEY.search(before) is not None
        or cued(text, match.start(), _CUE, unless=_FIGURE)
        or _CUE_AFTER.match(text, match.end()) is not None
    )


def _digits(raw: str) -> int:
    return sum(character.isdigit() for character in raw)
