"""Finds the numbers in a text, each with sign, scale, percent, currency and exactness."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_SCALES: Final = {
    "thousand": 3, "thousands": 3, "k": 3,
    "million": 6, "millions": 6, "mn": 6, "mio": 6, "mm": 6, "m": 6,
    "billion": 9, "billions": 9, "bn": 9, "b": 9, "mrd": 9,
    "trillion": 12, "trillions": 12, "tn": 12,
    "lakh": 5, "lakhs": 5, "crore": 7, "crores": 7, "cent": -2, "cents": -2, "¢": -2,
}  # fmt: skip
_SYMBOLS: Final = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "S$": "SGD",
    "NZ$": "NZD", "NT$": "TWD", "R$": "BRL", "$": "$", "€": "EUR", "£": "GBP", "¥": "¥",
    "₹": "INR", "₩": "KRW", "₽": "RUB",
}  # fmt: skip
_CODES: Final = (
    "USD EUR GBP JPY CNY RMB CHF SEK NOK DKK PLN CZK HUF CAD AUD NZD HKD SGD TWD INR KRW BRL ZAR"
).split()
_WORDS: Final = {
    "dollar": "$", "euro": "EUR", "pound": "GBP", "yen": "JPY", "franc": "CHF", "rupee": "INR",
    "won": "KRW", "yuan": "CNY", "krona": "SEK", "kronor": "SEK", "krone": "DKK", "kroner": "DKK",
    "zloty": "PLN",
}  # fmt: skip
_DOLLARS: Final = {"USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "$"}
_YENS: Final = {"JPY", "CNY", "¥"}

_symbol = "|".join(re.escape(s) for s in sorted(_SYMBOLS, key=len, reverse=True))
_code = "|".join(_CODES)
_word = "|".join(_WORDS)
_NUMBER: Final = re.compile(
    rf"""
    (?<![\w.]) (?<![A-Za-z][-–]) (?<!\d/)
    (?P<open>\()? (?:(?<![\w)%])(?P<sign>[-−–+]))?\s?
    (?P<before>(?:{_symbol})|\b(?:{_code})\b)?\s*
    (?P<inner_open>\()? (?P<inner_sign>[-−])?\s?
    (?P<digits>
        \d+,\d{{1,2}}(?=\s?(?:%|(?i:million|billion|mio|mrd|mn|bn)\b))
      | \d{{1,3}}(?:\.\d{{3}})+,\d+ | \d{{1,3}}(?:\.\d{{3}}){{2,}}(?![\d.])
      | \d{{1,3}}(?:[,'’\u00a0\u202f]\d{{2,3}})*[,'’\u00a0\u202f]\d{{3}}(?!\d)(?:\.\d+)?
      | \d+(?:\.\d+)?(?:[eE][-+]?\d{{1,3}}(?![\w]))? | \.\d+
    )
    (?P<inner_close>\))?
    (?:[\s\u00a0-]?(?:(?P<scale>(?i:thousands?|millions?|billions?|trillions?|lakhs?|crores?|cents?|mn|mio|mrd|bn|tn)\b|¢))
      |(?P<letter>(?:k|K|mm|MM|m|M|b|B)\b)
      |\s\(?in\s(?P<header>thousands|millions|billions)\b\)?)?
    (?:\s?(?P<percent>%|per\s?cent\b|percentage\spoints?\b|pp\b|pts?\b)|\s?(?P<basis>bps?\b|basis\spoints?\b))?
    (?P<close>\))?
    (?:\s?(?P<after>(?:[€£¥₹₩₽]|\b(?:{_code})\b|(?:[Uu][Ss]\s)?\b(?:{_word})s?\b)))?
    (?![A-WYZa-wyz\d]) (?!-[KQF]\b)
    """,
    re.VERBOSE,
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NOT_VALUES: Final = re.compile(
    r"(?m:^\s*\d{1,2}[.)]\s+(?=[A-Za-z*]))|\(\d\)\s+(?![mb]illion|thousand|percent)(?=[A-Za-z])"
    r"|\b(?:Notes?|AS[CU]|IFRS|IAS|Level|Section|Item|Scope|Part|Table|Form|Rule|Article|Topic"
    r"|Schedule|Tier|Phase|Type|Class|Step)\s+\d+\b"
    rf"|<[A-Z][A-Z_]*_[a-z0-9]+>|(?<=\b){_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?![\d.,]*\d*\s?(?:%|[mb]illion))"
    rf"(?!\d)|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?=\s|,|\.|$)|(?<=\b\d{{4}})-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}/(?=\d{{4}}\b)"
)
_LIST_GAP: Final = re.compile(r"\s*(?:,|;|/|and|or|to|&|,\s*and|[-–])\s*")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text, `start` to `end`."""

    value: Decimal
    """Sign and scale applied; a percentage counts percents."""
    written: Decimal
    """The digits alone, without sign and scale."""
    percent: bool
    currency: str | None
    """ISO 4217; `$` and `¥` stand for any dollar, yen or yuan."""
    step: Decimal
    """What one unit of the last written place is worth."""
    rounded: bool
    """Written with enough places that it may stand for a more exact number."""
    start: int
    end: int
    year: bool
    """Could be a calendar year: four plain digits, 1900 to 2100."""


def find_numbers(text: str) -> list[Number]:
    """Every number of a text in order; days of dates and placeholders are none."""
    clean = _NOT_VALUES.sub(lambda match: "§" * len(match.group()), text)
    matches = list(_NUMBER.finditer(clean))
    return [_read(match, owner, clean) for match, owner in _unit_owners(matches, clean)]


def same_number(ideal: Number, answer: Number, *, percent_asked: bool = False) -> bool:
    """Whether two numbers say the same, up to the rounding of the coarser one.

    A currency that only one of them names does not part them; two different ones do. A missing
    percent sign is forgiven where the question asks for a percentage.
    """
    if not same_currency(ideal.currency, answer.currency):
        return False
    left, right = ideal.value, answer.value
    left_step, right_step = ideal.step, answer.step
    if ideal.percent != answer.percent and not (percent_asked and abs(left) == abs(right)):
        hundredth = Decimal("0.01")
        if ideal.percent:
            left, left_step = left * hundredth, left_step * hundredth
        else:
            right, right_step = right * hundredth, right_step * hundredth
    coarse_is_rounded = ideal.rounded if left_step >= right_step else answer.rounded
    tolerance = max(left_step, right_step) / 2 if coarse_is_rounded else Decimal(0)
    return abs(left - right) <= max(tolerance, abs(left) * Decimal("1e-9"))


def same_currency(left: str | None, right: str | None) -> bool:
    """Whether two currencies may be one: unnamed goes with all, `$` with every dollar."""
    if left is None or right is None or left == right:
        return True
    families = [family for family in (_DOLLARS, _YENS) if left in family and right in family]
    return bool(families) and bool({left, right} & {"$", "¥"})


def _unit_owners(
    matches: list[re.Match[str]], text: str
) -> list[tuple[re.Match[str], re.Match[str]]]:
    """Each number with the one whose unit holds for it: in "106.4, 70.5 million" the last's."""
    owners: list[re.Match[str]] = []
    for index in range(len(matches) - 1, -1, -1):
        match, owner = matches[index], matches[index]
        if owners and not _has_unit(match) and not _is_year(match["digits"]):
            following = matches[index + 1]
            if _LIST_GAP.fullmatch(text[match.end() : following.start()]):
                owner = owners[-1]
        owners.append(owner)
    return list(zip(matches, reversed(owners), strict=True))


def _has_unit(match: re.Match[str]) -> bool:
    return any(match[group] for group in ("scale", "letter", "header", "percent", "basis"))


def _read(match: re.Match[str], owner: re.Match[str], text: str) -> Number:
    mantissa = _mantissa(match["digits"])
    scale = _scale(owner)
    exponent = mantissa.as_tuple().exponent
    places = min(exponent, 0) if isinstance(exponent, int) else 0
    plain = owner is match and not any(
        match[g] for g in ("before", "after", "percent", "basis", "sign", "inner_sign")
    )
    negative = _is_negative(match, text)
    return Number(
        value=-mantissa * scale if negative else mantissa * scale,
        written=mantissa,
        percent=bool(owner["percent"] or owner["basis"]),
        currency=_currency(match),
        step=Decimal(10) ** places * scale,
        rounded=len(mantissa.as_tuple().digits) >= (2 if places < 0 else 3),
        start=match.start(),
        end=match.end(),
        year=plain and scale == 1 and not negative and _is_year(match["digits"]),
    )


def _scale(match: re.Match[str]) -> Decimal:
    name = match["scale"] or match["letter"] or match["header"] or ""
    power = Decimal(10) ** _SCALES.get(name.lower(), 0)
    return power / 100 if match["basis"] else power


def _is_negative(match: re.Match[str], text: str) -> bool:
    if (match["sign"] or match["inner_sign"] or "+") in "-−–":
        return True
    inner = match["inner_open"] and (match["inner_close"] or match["close"])
    outer = match["open"] and (match["close"] or match["inner_close"])
    return bool(inner) or (bool(outer) and not _restates(text, match.start()))


def _mantissa(digits: str) -> Decimal:
    if re.fullmatch(r"\d+,\d{1,2}|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    return Decimal(re.sub(r"[,'’\u00a0\u202f]", "", digits))


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdigit() and 1900 <= int(digits) <= 2100


def _currency(match: re.Match[str]) -> str | None:
    name = match["before"] or match["after"]
    if name is None:
        return None
    word = name.lower().removeprefix("us ").rstrip("s")
    code = _SYMBOLS.get(name) or _WORDS.get(name.lower()) or _WORDS.get(word) or name
    return {"RMB": "CNY"}.get(code, code)


def _restates(text: str, start: int) -> bool:
    """Whether a parenthesis follows a number: "4.2 million (5%)" is no negative percentage."""
    return bool(re.search(r"(?:\d|%|\d\s?[A-Za-z]+)\s+$", text[:start]))
