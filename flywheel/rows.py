"""Which row a number speaks of: the words that a sentence or a table puts beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from flywheel.numbers import Number, find_numbers

_WORD: Final = re.compile(r"[^\W\d_]+(?:[&'’-][^\W\d_]+)*|(?<![\w.,])(?:19|20)\d\d(?![\w,])|\d+")
_FISCAL: Final = re.compile(r"\b(?:FY|CY)\s?'?(\d\d)\b|\b(?:FY|CY)(?=\d{4}\b)", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
_RULE: Final = re.compile(r"(?=.*--)[\s|:-]+")
_JOINT: Final = re.compile(
    r",(?!\d)|;|\||\n|\s(?:and|but|or|while|whereas|versus|vs\.?|against|compared\s(?:with|to)|"
    r"as\swell\sas|than|plus)\s",
    re.IGNORECASE,
)
_EMPTY: Final = frozenset(
    """a an the of in on at to for from by with as and or is are was were be been being it its this
    that these those there which who what how much many has have had do does did will would year
    years fiscal ended ending during about approximately around nearly roughly some only just also
    respectively million millions billion billions thousand thousands percent percentage usd eur
    gbp dollars euros pounds company companys amount value total figure number came stood reported
    amounted reached our their both each same between compared versus against while whereas but
    than over under per up down answer""".split()
)
_NEGATIVE: Final = frozenset({"negative", "minus"})
_LOSS: Final = frozenset("loss losses lost deficit deficits shortfall outflow outflows".split())
_GAIN: Final = frozenset(
    "income profit profits gain gains gained surplus earnings earned inflow inflows".split()
)
_FALL: Final = re.compile(
    r"\b(?:decreas\w*|declin\w*|f[ae]ll(?:s|ing|en)?|drop\w*|reduc\w*|lowered|shr[aiu]nk\w*"
    r"|down(?=\s+(?:by|\d|[$€£])))",
    re.IGNORECASE,
)
_RISE: Final = re.compile(
    r"\b(?:increas\w*|r(?:ise|ose|isen|ising)|gr[eo]w\w*|growth|climb\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A number and the words beside it."""

    number: Number
    words: frozenset[str]
    """Casefolded content words of its clause, calendar years included."""
    direction: int
    """1: the clause speaks of a rise, -1: of a fall, 0: of neither."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table in the context."""

    words: frozenset[str]
    numbers: tuple[Number, ...]


def content_words(text: str) -> frozenset[str]:
    """The words that tell one row from another; `FY19` is the year 2019."""
    words = (word.casefold().replace("’", "'") for word in _WORD.findall(spell_years(text)))
    return frozenset(word for word in words if word not in _EMPTY and len(word) > 1)


def spell_years(text: str) -> str:
    """The text with fiscal years as calendar years: `FY19` and `FY2019` are 2019."""
    return _FISCAL.sub(lambda m: f" 20{m[1]} " if m[1] else " ", text)


def gain_or_loss(words: frozenset[str]) -> int:
    """1: the words speak of a gain, -1: of a loss or of less than nothing, 0: of neither or both.

    "A net loss of 3,400" is the number -3,400.
    """
    if words & _NEGATIVE:
        return -1
    return bool(words & _GAIN) - bool(words & _LOSS)


def label_numbers(text: str, *, years_are_values: bool = False) -> list[Labelled]:
    """Every number of a text with its clause's words, in order.

    "Revenue was 4.2, costs 1.1", "4.2 in revenue and 1.1 in costs" and "revenue and costs were
    4.2 and 1.1, respectively" all give the same, and so does a Markdown table of them.
    """
    found: list[Labelled] = []
    for sentence in _sentences(_spell_tables(text)):
        numbers = [n for n in find_numbers(sentence) if years_are_values or not n.year]
        if numbers:
            found += _label_sentence(sentence, numbers)
    return found


def table_rows(context: Sequence[str]) -> list[Row]:
    """The rows of `|`-separated tables whose first cell is a label."""
    rows = []
    for line in "\n".join(context).splitlines():
        cells = _cells(line)
        if "|" not in line or not re.search(r"[^\W\d]", cells[0]):
            continue
        numbers = tuple(n for cell in cells[1:] for n in find_numbers(cell) if not n.year)
        words = content_words(cells[0])
        if words and numbers:
            rows.append(Row(words, numbers))
    return rows


def _spell_tables(text: str) -> str:
    """The text with each row of a Markdown table as a line of "row column: cell" clauses."""
    lines, headers = text.splitlines(), list[str]()
    spelled: list[str] = []
    for line, following in pairwise([*lines, ""]):
        if "|" not in line:
            headers = []
            spelled.append(line)
        elif _RULE.fullmatch(following):
            headers = _cells(line)
        elif not headers:
            spelled.append(line)
        elif not _RULE.fullmatch(line):
            spelled.append(_spell_row(headers, _cells(line)))
    return "\n".join(spelled)


def _spell_row(headers: Sequence[str], cells: Sequence[str]) -> str:
    label = "" if any(not n.year for n in find_numbers(cells[0])) else cells[0]
    columns = list(zip(headers, cells, strict=False))[1 if label or not cells[0] else 0 :]
    return "; ".join(f"{label} {header}: {cell}" for header, cell in columns)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(text) if part.strip()]


def _label_sentence(sentence: str, numbers: list[Number]) -> list[Labelled]:
    befores, afters = _clauses(sentence, numbers)
    shared = _respectively(sentence, befores[0], len(numbers))
    if shared:
        return [
            Labelled(n, content_words(label), _direction(label))
            for n, label in zip(numbers, shared, strict=True)
        ]
    labelled = []
    for number, before, after in zip(numbers, befores, afters, strict=True):
        words = content_words(before) | content_words(after)
        labelled.append(Labelled(number, words, _direction(f"{before} {after}")))
    return labelled


def _clauses(sentence: str, numbers: list[Number]) -> tuple[list[str], list[str]]:
    """The text that belongs before and after each number: a gap is cut at its first joint."""
    befores, afters = [sentence[: numbers[0].start]], []
    for this, that in pairwise(numbers):
        gap = sentence[this.end : that.start]
        joint = _JOINT.search(gap)
        if joint:
            afters.append(gap[: joint.start()])
            befores.append(gap[joint.end() :])
        elif re.match(r"\s*(?:in|of|for|from|at|on)\s", gap, re.IGNORECASE):
            afters.append(gap)
            befores.append("")
        else:
            afters.append("")
            befores.append(gap)
    afters.append(sentence[numbers[-1].end :])
    return befores, afters


def _respectively(sentence: str, before: str, count: int) -> list[str]:
    if count < 2 or "respectively" not in sentence.lower():
        return []
    labels = [part for part in _JOINT.split(before) if content_words(part)]
    return labels if len(labels) == count else []


def _direction(clause: str) -> int:
    return bool(_RISE.search(clause)) - bool(_FALL.search(clause))
