"""What stands before a number tells what the number is."""

import re
from collections.abc import Iterator
from re import Match, Pattern
from typing import Final

_REACH = 48
"""Characters that a cue word may stand before the number."""

_BREAK = re.compile(r"[<>|\d]|\n\s*\n")
"""A cue does not reach over another number, a placeholder, a table cell or a paragraph."""

_APART: Final = re.compile(
    r"[<>|;\d]|\n\s*\n|[.!?]\s|\n[ \t]*\w+[^\n]{0,24}[:=]|\b(?:revenues?|sales|income|costs?|growth"
    r"|volumes?|counts?|segments?|seats|units|total|(?:number|amount) of|fees?)\b",
    re.I,
)
"""Between a cue and a number: another sentence, another line's key or a figure ends its reach."""

_NUMBER_WORD: Final = re.compile(r"(?:[ ]?(?:no|nr|num|n[º°])\b)?\.?", re.I)
"""Behind a cue its dot ends no sentence: "account no. 12"."""

_IS_SOMEBODYS: Final = re.compile(r",? (?:is|was) (?:my|his|her|our|your|their|the) ")

UNIT_AFTER: Final = re.compile(
    r"[ ]?(?:€|\$|£|¥|(?:EUR|USD|GBP|CHF|JPY|CNY|euros?|dollars?|pounds|[kmb]n|thousand|million"
    r"|billion|trillion|shares|units|barrels|tonnes|tons|bps|basis points|per cent|percent)\b)"
)
"""Right behind a number it says that the number is a figure."""

THING: Final = re.compile(
    r"\b(?:invoice|order|purchase order|po|part|lot|sku|serial|item|product|model|batch|fund|policy"
    r"|contract|ticket|case|claim|tracking|reference|ref|code|row|line|cusip|isin|lei|cik|docket"
    r"|file)(?:[ _](?:no|number|num|nr|id|code))?[\"'`]?[ ]?[.:#=]?[ ]?[#\"'`]?$"
    r"|[\"']id[\"'][ ]?:[ ]?[\"']?$",
    re.I,
)
"""Right before a number it says whose number it is: a thing's."""

DATE: Final = re.compile(
    r"(?:\d{1,2}([ ./-])\d{1,2}\1(?:19|20)?\d\d|(?:19|20)\d\d([ ./-])\d{1,2}\2\d{1,2})"
    r"|(?:(?:19|20)\d\d)(?:[ /-]+(?:19|20)?\d\d)*"
)


def cued(text: str, start: int, cue: Pattern[str], unless: Pattern[str] | None = None) -> bool:
    """Whether a cue stands shortly before `start`, with no number and no `unless` in between."""
    window = text[max(0, start - _REACH) : start]
    breaks: list[Match[str]] = list(_BREAK.finditer(window))
    if breaks:
        window = window[breaks[-1].end() :]
    found = cue.search(window)
    if found is None or unless is None:
        return found is not None
    return unless.search(window, found.end()) is None


def after_cues(
    text: str, cue: Pattern[str], value: Pattern[str], reach: int = 40
) -> Iterator[Match[str]]:
    """The first value shortly behind each cue, with no number or sentence in between."""
    if value.search(text) is None:
        return
    for found in cue.finditer(text):
        skipped = _NUMBER_WORD.match(text, found.end())
        end = skipped.end() if skipped else found.end()
        match = value.search(text, end, end + reach + 40)
        if match is None or match.start() - end > reach:
            continue
        if not _APART.search(text, end, match.start()):
            yield match


def before_cues(text: str, value: Pattern[str], cue: Pattern[str]) -> Iterator[Match[str]]:
    """The value that a sentence calls a cue afterwards: "12345678 is my passport number"."""
    for said in _IS_SOMEBODYS.finditer(text):
        if not cue.search(text, said.end() - 1, said.end() + 32):
            continue
        for match in value.finditer(text, max(0, said.start() - 40), said.start()):
            if match.end() == said.start():
                yield match


def is_of_a_thing(text: str, match: Match[str]) -> bool:
    """Whether an order, a part or a unit beside the number says that it is nobody's."""
    before = text[max(0, match.start() - 40) : match.start()]
    return bool(THING.search(before) or UNIT_AFTER.match(text, match.end()))
