"""Numbers of cards, bank accounts, social security and wallets, told from figures by checksum."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import bitcoin

from flywheel.scrub.cues import cued
from flywheel.scrub.found import Span

_NO_FIGURE_BEFORE: Final = r"(?<![^\W_])(?<![$€£¥.,+-])(?<![$€£¥] )"
_NO_FIGURE_AFTER: Final = r"(?![\w%]|[.,-]\w|\s?%)"

_CARD = re.compile(
    _NO_FIGURE_BEFORE
    + r"(?:\d{12,19}"
    + r"|\d{4}(?P<sep>[ .-]|[ ]{2,4})\d{4}(?P=sep)\d{4}(?P=sep)\d{1,4}(?:(?P=sep)\d{1,3})?"
    + r"|\d{4}-\d{4}-\d{4}|\d{4} \d{4} \d{4}"
    + r"|3\d{3}(?P<sep3>[ .-])\d{6}(?P=sep3)\d{4,5})"
    + _NO_FIGURE_AFTER,
    re.ASCII,
)
_CARD_IN_CSV = re.compile(
    r"(?<![^\W_])(?<![$€£¥.+-])(?<!\b0,)\d{13,19}(?![^\W_]|%|[.-]\w)", re.ASCII
)
"""No figure has thirteen digits before its first comma: this one stands between commas."""

_LONG_OR_BROKEN = re.compile(r"\d{4}(?:\d{9}|[ -]?\n\d{4})", re.ASCII)
_CARD_OVER_LINES = re.compile(
    r"(?<![\w.,])\d{4}(?:[ -]?\n?\d{4}){2}[ -]?\n?\d{1,4}(?![\w.,])", re.ASCII
)
_CARD_CUE = re.compile(r"\b(?:card|visa|master ?card|amex|american express|maestro|pan)\b", re.I)
_ISSUER = re.compile(r"4|5[0-8]|6|2[2-7]|3[04-9]|1800|2131|81|9[27]")
_SHORT_ISSUER = re.compile(r"5[0678]|6")

_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}", re.ASCII)
_IBAN_WHOLE = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}(?![A-Za-z0-9])", re.ASCII)
_IBAN_CUE = re.compile(r"\biban\b", re.I)
_IBAN_LENGTHS: Final = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH CR HR LI LV", 22: "BG BH DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Length by country, from the SWIFT IBAN registry (ISO 13616)."""

_SSN = re.compile(
    _NO_FIGURE_BEFORE + r"(\d{3})(?P<sep>[ -]?)(\d{2})(?P=sep)(\d{4})" + _NO_FIGURE_AFTER,
    re.ASCII,
)
_SSN_CUE = re.compile(r"\b(?:ssn|itin|social security|taxpayer)\b", re.I)

_NUMBER_IS = re.compile(r"\bnumber(?: is)?:?[ ]$", re.I)
"""Right before groups of three, two and four digits it means no figure."""

_WALLET = re.compile(
    r"(?<!\w)(?:0x[0-9a-fA-F]{40}|(?:bc|ltc)1[ac-hj-np-z02-9]{11,71}|[13LMD][1-9A-HJ-NP-Za-km-z]{25,34}"
    r"|r[1-9A-HJ-NP-Za-km-z]{24,34}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93})(?!\w)",
    re.ASCII,
)
_WALLET_CUE = re.compile(
    r"\b(?:wallet|bitcoin|btc|litecoin|ltc|doge(?:coin)?|ripple|xrp|monero|xmr|crypto(?:currency)?"
    r"|coin|address)\b",
    re.I,
)


def passes_luhn(digits: str) -> bool:
    """Whether the digits end in their Luhn check digit (ISO/IEC 7812-1)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    odd = sum(int(digit) for digit in digits[-1::-2])
    return (odd + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def find_cards(text: str) -> Iterator[Span]:
    """Card numbers: an issuer's prefix and Luhn's check digit, or a cue before them."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 12 <= len(digits) <= 19 and cued(text, match.start(), _CARD_CUE):
            yield Span(match.start(), match.end(), "CREDIT_CARD", 0.9)
        elif _is_card(match[0], digits) and not (len(digits) == 12 and " " in match[0]):
            yield Span(match.start(), match.end(), "CREDIT_CARD", 1.0)
    if _LONG_OR_BROKEN.search(text):
        yield from _find_hidden_cards(text)


def _find_hidden_cards(text: str) -> Iterator[Span]:
    """Cards between commas, which `_CARD` takes for a figure's, and over the end of a line."""
    for match in _CARD_IN_CSV.finditer(text):
        if not _CARD.match(text, match.start()) and _is_card(match[0], match[0]):
            yield Span(match.start(), match.end(), "CREDIT_CARD", 1.0)
    for match in _CARD_OVER_LINES.finditer(text):
        if "\n" in match[0] and cued(text, match.start(), _CARD_CUE):
            yield Span(match.start(), match.end(), "CREDIT_CARD", 0.9)


def _is_card(raw: str, digits: str) -> bool:
    if not 12 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    if not (_SHORT_ISSUER if len(digits) == 12 else _ISSUER).match(digits):
        return False
    groups = raw.split()
    if len(groups) > 1 and all("1900" <= group <= "2100" for group in groups):
        return False  # a table's row of years
    return passes_luhn(digits)


def find_ibans(text: str) -> Iterator[Span]:
    """IBANs: the country's length and the check digits of ISO 7064 mod 97-10, or a cue."""
    at = 0
    while head := _IBAN_HEAD.search(text, at):
        at = head.start() + 1
        if whole := _IBAN_WHOLE.match(text, head.start()):
            if _passes_mod97(whole[0].upper()):
                yield Span(whole.start(), whole.end(), "IBAN_CODE", 1.0)
                at = whole.end()
                continue
        length = _IBAN_LENGTHS.get(head[0][:2].upper())
        if length is None:
            continue
        end = _end_of(text, head.start(), length)
        if end is None:
            continue
        plain = re.sub(r"[ \n-]", "", text[head.start() : end]).upper()
        if _passes_mod97(plain):
            yield Span(head.start(), end, "IBAN_CODE", 1.0)
        elif cued(text, head.start(), _IBAN_CUE):
            yield Span(head.start(), end, "IBAN_CODE", 0.7)
        else:
            continue
        at = end


def _end_of(text: str, start: int, length: int) -> int | None:
    taken, at = 0, start
    while at < len(text) and taken < length:
        character = text[at]
        if character.isascii() and character.isalnum():
            taken += 1
        elif character not in " -\n" or not text[at - 1].isalnum():
            return None
        at += 1
    whole = taken == length and not (at < len(text) and text[at].isalnum())
    return at if whole else None


def _passes_mod97(iban: str) -> bool:
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def find_ssns(text: str) -> Iterator[Span]:
    """Social security numbers: dashed and of an area that is issued, or after a cue."""
    for match in _SSN.finditer(text):
        area, group, serial = match[1], match[3], match[4]
        issued = area not in ("000", "666") and group != "00" and serial != "0000"
        if match["sep"] == "-" and issued and (area < "900" or "50" <= group):
            yield Span(match.start(), match.end(), "US_SSN", 0.9)
        elif cued(text, match.start(), _SSN_CUE):
            yield Span(match.start(), match.end(), "US_SSN", 0.7)
        elif match["sep"] == " " and issued and cued(text, match.start(), _NUMBER_IS):
            yield Span(match.start(), match.end(), "US_SSN", 0.6)


def find_wallets(text: str) -> Iterator[Span]:
    """Wallets: Bitcoin's by their Base58Check or Bech32 sum or a cue, Ethereum's by form."""
    for match in _WALLET.finditer(text):
        if match[0].startswith("0x") or bitcoin.is_valid(match[0]):
            yield Span(match.start(), match.end(), "CRYPTO", 1.0)
        elif cued(text, match.start(), _WALLET_CUE):
            yield Span(match.start(), match.end(), "CRYPTO", 0.8)
