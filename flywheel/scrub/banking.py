"""Bank accounts outside IBAN: numbers that a cue, a sort code or a routing number announces."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum.us import rtn

from flywheel.scrub.cues import DATE, after_cues, is_of_a_thing
from flywheel.scrub.found import Span

_BEFORE: Final = r"(?<![\w$€£¥.,/+-])(?<![$€£¥] )"
_AFTER: Final = r"(?![\w%]|[.,]\d|\s?%)"
_SORT_CODE: Final = r"\d\d-\d\d-\d\d"
_BRITISH = re.compile(
    rf"{_BEFORE}{_SORT_CODE}[ ,/;]{{1,3}}(?:(?i:a/?c|acc(?:oun)?t)[ .:]{{0,3}}(?i:no\.?[ :]?)?)?"
    rf"\d{{7,8}}{_AFTER}"
)
_SORT_CODE_CUE = re.compile(r"\b(?i:sort[ -_]?code|bsb)\b")
_SORT_CODE_VALUE = re.compile(rf"{_BEFORE}(?:{_SORT_CODE}|\d{{6}}|\d{{3}}-\d{{3}}){_AFTER}")
_ROUTING_CUE = re.compile(r"\b(?i:routing|aba|rtn|transit)\b")
_ROUTING = re.compile(rf"{_BEFORE}\d{{9}}{_AFTER}")
_CUE = re.compile(
    r"(?:\b|_)(?:(?i:(?:bank|checking|savings?|current|deposit|credit union|giro)[ _-]?"
    r"(?:account|acct|a/c)|(?:account|acct|a/c|acc)[ _.]*(?:number|numbers|no\b|num\b|nr\b|#)"
    r"|konto(?:nummer|-?nr)?|bankverbindung|bank details|kontonummer|compte|cuenta|conto corrente"
    r"|rekening\w*|clabe|iban)|accountNumber|(?i:account|acct|a/c|acc)(?=[ ]?[:#=]?[ ]?\d{7}))\b"
)
_ASKED = re.compile(
    r"\b(?i:account|acct)[ _-]?(?i:number|no\.?)\?\s{1,3}(?:\w{1,24}:[ ])?"
    r"(?P<value>\d{6,17})(?![\w.,]\d)"
)
"""A question, and the number alone for an answer."""

_LEDGER = re.compile(r"(?i:\b(?:g/?l|ledger|cost|revenue|expense|chart)\b[^\d]{0,20})$")
_VALUE = re.compile(rf"{_BEFORE}\d(?:\d|[ -](?=\d{{2}})){{4,22}}\d{_AFTER}")


def find_bank_accounts(text: str) -> Iterator[Span]:
    """Account numbers behind a cue, sort codes, and routing numbers with their check digit."""
    for match in _BRITISH.finditer(text):
        yield Span(match.start(), match.end(), "BANK_ACCOUNT", 0.95)
    for match in after_cues(text, _SORT_CODE_CUE, _SORT_CODE_VALUE):
        yield Span(match.start(), match.end(), "BANK_ACCOUNT", 0.8)
    for match in after_cues(text, _ROUTING_CUE, _ROUTING):
        if rtn.is_valid(match[0]):
            yield Span(match.start(), match.end(), "BANK_ACCOUNT", 0.95)
    for match in _ASKED.finditer(text):
        yield Span(match.start("value"), match.end("value"), "BANK_ACCOUNT", 0.8)
    for match in after_cues(text, _CUE, _VALUE, reach=24):
        if _is_account(text, match):
            yield Span(match.start(), match.end(), "BANK_ACCOUNT", 0.75)


def _is_account(text: str, match: re.Match[str]) -> bool:
    digits = sum(character.isdigit() for character in match[0])
    before = text[max(0, match.start() - 48) : match.start()]
    if not 6 <= digits <= 18 or DATE.fullmatch(match[0]) or _LEDGER.search(before):
        return False
    return not is_of_a_thing(text, match)
