"""Ways to write one thing: amounts, dates, quarters, and terms that have letters of their own.

All patterns are for normalised text: lower case, single spaces. Only what is the same for
everybody stands here; "sales" and "revenue" are two words.
"""

import re
from decimal import Decimal
from typing import Final

SCALES: Final = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
"""Powers of ten."""
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_TERMS: Final = {
    "rnd": r"r\s?&\s?d|research\s(?:and|&)\sdevelopment",
    "sgna": r"sg\s?&\s?a|selling,?\sgeneral,?\s(?:and|&)\sadministrative",
    "mna": r"m\s?&\s?a|mergers\s(?:and|&)\sacquisitions",
    "pnl": r"p\s?&\s?l|profit\s(?:and|&)\sloss",
    "ppne": r"pp\s?&\s?e|property,?\splant,?\s(?:and|&)\sequipment",
    "eps": r"earnings\sper\sshare",
    "yoy": r"y/y|year[\s-](?:over|on)[\s-]year",
    "qoq": r"q/q|quarter[\s-](?:over|on)[\s-]quarter",
}
_QUARTERS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4} | {
    f"{n}{end}": n for n, end in enumerate(("st", "nd", "rd", "th"), 1)
}
_ONE: Final = re.compile(
    rf"""
    \b(?:(?=[1-4q])(?:
        (?P<nq>[1-4])q(?:\s?(?:fy|')?\s?(?P<nq_year>\d\d))?\b
      | (?:q\s?|quarter\s)(?P<q>[1-4])(?:\s?(?:fy|')\s?(?P<q_year>\d\d))?\b
      | (?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>0[1-9]|1[0-2])-(?P<iso_day>[0-3]\d)\b)
    | (?P<dm_day>\d\d?)(?:st|nd|rd|th)?\s(?:of\s)?(?P<dm_month>{_MONTH})\.?,?\s
      (?P<dm_year>(?:19|20)\d\d)\b
    | (?P<ordinal>{"|".join(_QUARTERS)})[\s-]quarter\b
    | (?=[jfmasond])(?P<md_month>{_MONTH})\.?\s(?P<md_day>\d\d?)(?:st|nd|rd|th)?,?\s
      (?P<md_year>(?:19|20)\d\d)\b
    | (?=[rsmpeyq])(?:{"|".join(f"(?P<{name}>{term})" for name, term in _TERMS.items())})\b)
    """,
    re.VERBOSE,
)


def in_one_word(text: str) -> str:
    """The text with each date as "3 mar 2017", each quarter as "q3" and each term as one word."""
    return _ONE.sub(_said, text)


def scaled(figure: str, scale: str) -> str:
    """ "1.5" and "million" as "1500000"; a figure that is none stays beside its scale."""
    try:
        return f"{(Decimal(figure) * 10 ** SCALES[scale]).normalize():f}"
    except ArithmeticError:  # "1.2.3 million"
        return figure + scale


def _said(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind in _TERMS:
        return kind
    parts = {name: value for name, value in match.groupdict().items() if value}
    if "ordinal" in parts:
        return f"q{_QUARTERS[parts['ordinal']]}"
    if kind.endswith(("_day", "_year")) and any(name.endswith("_day") for name in parts):
        return _date({name.partition("_")[2]: value for name, value in parts.items()})
    year = parts.get("q_year") or parts.get("nq_year")
    return f"q{parts.get('q') or parts['nq']}" + (f" 20{year}" if year else "")


def _date(parts: dict[str, str]) -> str:
    month = parts["month"]
    name = _MONTHS[int(month) - 1] if month.isdigit() else month[:3]
    return f"{int(parts['day'])} {name} {parts['year']}"
