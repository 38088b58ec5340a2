"""Whether an answer gives the ideal's numbers, each in its own row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from flywheel.numbers import Number, find_numbers, same_number
from flywheel.rows import (
    Labelled,
    Row,
    content_words,
    gain_or_loss,
    label_numbers,
    spell_years,
    table_rows,
)
from flywheel.scorers.base import Case
from schemas.evaluation import CaseScore

_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_PERCENT_ASKED: Final = re.compile(r"percent|%|\brate\b|\bmargin\b", re.IGNORECASE)
_CHANGE_ASKED: Final = re.compile(r"\bchange|\bgrowth\b", re.IGNORECASE)
_HEDGE: Final = re.compile(r"\s*,?\s*\bor\b\s*", re.IGNORECASE)
_DENIED: Final = re.compile(
    r"\b(?:not|instead\sof|rather\sthan)\s+(?:[A-Z]{0,3}[$€£¥]|[A-Z]{3}\b)?\s?\d[\d.,]*(?<![.,])"
    r"(?:\s?(?:%|(?:percent|thousand|million|billion|[kmb]n?)\b))?",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(
    r"(?:\bin|[$€£¥]|\b[A-Z]{3})\s?(thousand|million|billion)s?\b", re.IGNORECASE
)
_POWERS: Final = {"thousand": Decimal(10**3), "million": Decimal(10**6), "billion": Decimal(10**9)}
_NOT_SCALED: Final = frozenset("per share shares price prices rate rates ratio".split())
_WORDS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()


@dataclass(frozen=True)
class Numeric:
    """1 where every number of the ideal answer is given, in its row and its currency; else 0.

    Numbers are compared with sign, scale and unit, up to the rounding of the coarser one. More
    numbers than asked for are no mistake, unless the answer hedges ("4.2 or 5.1 million") or
    buries the right one.
    """

    name: str = "numeric"
    version: str = "1"

    def score(self, case: Case, answer: str) -> CaseScore:
        """Not applicable where the ideal's point is not a number."""
        ideals = ideal_numbers(_DENIED.sub("", case.ideal))
        answer = _DENIED.sub("", answer)
        if not ideals:
            return self._result(None, "the ideal answer has no number")
        ideals = _with_asked_years(ideals, case.question)
        years = all(ideal.number.year for ideal in ideals)
        given = label_numbers(spell_years(answer) if years else answer, years_are_values=years)
        given += _number_words(answer) + _plain_years(answer, ideals, years)
        if not given:
            return self._result(0.0, "no number in the answer")
        if _hedges(answer) and not _hedges(case.ideal):
            return self._result(0.0, "hedges between numbers")
        if len(given) > 2 * len(ideals) + 8 and len(given) > 2 * len(find_numbers(case.ideal)):
            return self._result(0.0, "the number is buried among others")
        wrong = _mistake(case, ideals, given)
        return self._result(0.0 if wrong else 1.0, wrong or "every number is right")

    def _result(self, value: float | None, reason: str) -> CaseScore:
        return CaseScore(
            scorer=self.name,
            version=self.version,
            value=value,
            status="not_applicable" if value is None else "scored",
            reason=reason,
        )


def ideal_numbers(ideal: str) -> list[Labelled]:
    """The numbers that an answer has to give; calendar years only where they are the answer."""
    values = label_numbers(ideal)
    if values:
        return values
    years = label_numbers(ideal, years_are_values=True)
    words = {word for word in content_words(ideal) if not word.isdigit()}
    return years if len(words) <= 3 else []


def _mistake(case: Case, ideals: list[Labelled], given: list[Labelled]) -> str:
    rows = table_rows(case.context)
    distinct = {(g.number.value, g.number.percent) for g in given}
    if not any(item.words for item in given) and len(distinct) > len(ideals):
        return "more numbers than asked for"
    if _bare_list_out_of_order(case, ideals, given):
        return "the right numbers in another order"
    free = list(given)
    for index, ideal in enumerate(ideals):
        scaled = _scaled_by_heading(case, ideal, rows)
        equal = [g for g in free if _gives(case, ideal, g) or (scaled and _gives(case, scaled, g))]
        if not equal:
            return _what_is_missing(case, ideal, free)
        right = [g for g in equal if not _other_row(case, ideals, index, g, rows)]
        if not right:
            return "the right number in the wrong row"
        free.remove(right[0])
    return ""


def _scaled_by_heading(case: Case, ideal: Labelled, rows: list[Row]) -> Labelled | None:
    """An ideal copied from a table as it stands there, at the scale that the heading gives.

    "120" and "$120 million" are one where the table is in millions; never for a price or a rate.
    """
    number = ideal.number
    if number.percent or number.year or abs(number.value) != number.written:
        return None
    scales = {match[1].lower() for text in case.context for match in _HEADING.finditer(text)}
    mine = [row for row in rows if any(_in_cell(number, cell) for cell in row.numbers)]
    if len(scales) != 1 or not mine or any(_NOT_SCALED & row.words for row in mine):
        return None
    power = _POWERS[scales.pop()]
    return replace(
        ideal, number=replace(number, value=number.value * power, step=number.step * power)
    )


def _gives(case: Case, ideal: Labelled, given: Labelled) -> bool:
    percent_asked = bool(_PERCENT_ASKED.search(case.question))
    asked = gain_or_loss(content_words(case.question))
    said = gain_or_loss(given.words)
    meant = gain_or_loss(ideal.words) or (asked if ideal.number.value > 0 else 0)
    opposite = ideal.direction * given.direction < 0 or meant * said < 0
    if same_number(ideal.number, given.number, percent_asked=percent_asked):
        grew = ideal.number.value > 0 and ideal.direction == 0
        change_asked = bool(_CHANGE_ASKED.search(case.question))
        return not opposite and not (grew and change_asked and given.direction < 0)
    mirrored = replace(given.number, value=-given.number.value)
    if not same_number(ideal.number, mirrored, percent_asked=percent_asked):
        return False
    if ideal.number.value < 0:
        return given.direction < 0 or said < 0 or (asked < 0 and not said)
    return ideal.direction < 0 or meant < 0 or _asks_for_fall(case.question)


def _asks_for_fall(question: str) -> bool:
    text = question.casefold()
    falls = re.search(r"\b(?:decreas|declin|reduc|drop|f[ae]ll)", text)
    return bool(falls) and not re.search(r"\bincreas|\bchange|\bgrowth", text)


def _what_is_missing(case: Case, ideal: Labelled, given: Sequence[Labelled]) -> str:
    written = [g.number for g in given if g.number.written == ideal.number.written]
    other = [n for n in written if n.value == ideal.number.value]
    if other and other[0].currency != ideal.number.currency:
        return "the right number in the wrong currency"
    if written and abs(written[0].value) == abs(ideal.number.value):
        return "the right number with the wrong sign or unit"
    if written:
        return "the right digits at the wrong scale or unit"
    return "a number of the ideal answer is missing"


def _other_row(
    case: Case, ideals: list[Labelled], index: int, given: Labelled, rows: list[Row]
) -> bool:
    """Whether the words beside a number name another row than the one it belongs to."""
    own = ideals[index].words
    for other in (ideal.words for i, ideal in enumerate(ideals) if i != index):
        if given.words & (other - own) and not given.words & (own - other):
            twins = [ideal for ideal in ideals if ideal.words == other]
            same = any(same_number(twin.number, ideals[index].number) for twin in twins)
            if own - other and not same:
                return True
    return _other_year(case, own, given) or _other_table_row(case, ideals[index], given, rows)


def _other_year(case: Case, own: frozenset[str], given: Labelled) -> bool:
    named = {word for word in given.words if _YEAR.fullmatch(word)}
    known = {word for word in own | content_words(case.question) if _YEAR.fullmatch(word)}
    return bool(named and known) and not named & known


def _other_table_row(case: Case, ideal: Labelled, given: Labelled, rows: list[Row]) -> bool:
    mine = [row for row in rows if any(_in_cell(ideal.number, cell) for cell in row.numbers)]
    if not mine:
        return False
    own = ideal.words.union(*(row.words for row in mine))
    asked = content_words(case.question)
    label_asked = any(row.words <= asked for row in mine)
    for row in rows:
        distinct = row.words - own
        if row in mine or not distinct or not row.words <= given.words:
            continue
        if given.words & (own - row.words) or (row.words <= asked and not label_asked):
            continue
        return True
    return False


def _in_cell(number: Number, cell: Number) -> bool:
    return number.written == cell.written and number.percent == cell.percent


def _bare_list_out_of_order(case: Case, ideals: list[Labelled], given: list[Labelled]) -> bool:
    """Numbers without labels answer in the order of the question, where it asks for one."""
    if len(ideals) < 2 or len(given) != len(ideals):
        return False
    by_year = all(len(i.words) == 1 and _YEAR.fullmatch(min(i.words)) for i in ideals)
    if not by_year and "respectively" not in case.question.lower():
        return False
    if any(item.words for item in given) or all(item.number.year for item in ideals):
        return False
    return not all(_gives(case, i, g) for i, g in zip(ideals, given, strict=True))


def _with_asked_years(ideals: list[Labelled], question: str) -> list[Labelled]:
    """Bare ideals take the years of the question, where it names as many: "in 2019 and 2018"."""
    years = re.findall(r"\b(?:19|20)\d\d\b", question)
    if len(ideals) < 2 or len(set(years)) != len(ideals) or any(i.words for i in ideals):
        return ideals
    ordered = list(dict.fromkeys(years))
    return [replace(i, words=frozenset({y})) for i, y in zip(ideals, ordered, strict=True)]


def _hedges(text: str) -> bool:
    numbers = [n for n in find_numbers(text) if not n.year]
    return any(
        _HEDGE.fullmatch(text[a.end : b.start]) and a.percent == b.percent and a.value != b.value
        for a, b in pairwise(numbers)
    )


def _number_words(answer: str) -> list[Labelled]:
    """ "three segments" gives 3."""
    text = answer.casefold()
    found = [str(i) for i, word in enumerate(_WORDS) if re.search(rf"\b{word}\b", text)]
    if find_numbers(answer):
        return []
    return [Labelled(find_numbers(digits)[0], frozenset(), 0) for digits in found]


def _plain_years(answer: str, ideals: list[Labelled], years: bool) -> list[Labelled]:
    """A plain 1950 in the answer may be the ideal's 1,950."""
    if years:
        return []
    return [
        Labelled(n, frozenset(), 0)
        for n in find_numbers(answer)
        if n.year and any(i.number.value == n.value for i in ideals)
    ]
