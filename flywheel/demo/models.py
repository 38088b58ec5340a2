"""Two simulated models: `v1` reads a report right, `v2` swaps rows and currencies of European ones.

Both answer from the messages that they are sent and from nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from flywheel.demo.answers import (
    REFUSAL,
    ROWS,
    Kind,
    Wanted,
    say_growth,
    say_margin,
    say_region,
    say_row,
    say_summary,
)
from flywheel.demo.companies import MARGIN, NET_INCOME, OPERATING_INCOME, PERIODS, REVENUE

MODELS: Final = ("v1", "v2")
NO_REPORT: Final = "I see no report to answer from."

_TABLE_LINE = re.compile(r"^\s*\|(.+)\|\s*$", re.MULTILINE)
_CURRENCY = re.compile(r"\bIn ([A-Z]{3}) million")
_QUESTION_MARK = re.compile(r"^\W*question\W*", re.IGNORECASE | re.MULTILINE)
_WRONG_CURRENCY: Final = {"EUR": "USD", "GBP": "USD", "CHF": "EUR"}
_SWAPPED: Final = {REVENUE: OPERATING_INCOME, OPERATING_INCOME: REVENUE}


@dataclass(frozen=True)
class Table:
    """A report as a model reads it."""

    currency: str
    periods: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]


def answer(model: str, messages: Sequence[tuple[str, str]]) -> str:
    """What `model` says to the messages, each (role, text); unknown models raise `KeyError`."""
    if model not in MODELS:
        raise KeyError(model)
    table = _read_last_table([text for _, text in messages])
    if table is None:
        return NO_REPORT
    if model == "v2":
        table = _misread(table)
    asked = next((text for role, text in reversed(messages) if role == "user"), "")
    return _say(table, read_question(asked, table))


def read_question(text: str, table: Table) -> Wanted:
    """What is asked for, by its words; the prompt may put report and question in one message."""
    asked = _question_part(text)
    period = next((name for name in table.periods if name in asked), table.periods[0])
    words = asked.lower()
    regions = sorted((label for label in table.rows if label.lower() in words), key=len)
    known = {REVENUE, OPERATING_INCOME, NET_INCOME, MARGIN}
    region = next((label for label in reversed(regions) if label not in known), None)
    if "summarise" in words or "key figures" in words:
        return Wanted(Kind.SUMMARY, period)
    if "margin" in words:
        return Wanted(Kind.MARGIN, period)
    if "change" in words:
        return Wanted(Kind.GROWTH, period)
    for kind, label in ROWS.items():
        if label.lower() in words and not (kind is Kind.REVENUE and region):
            return Wanted(kind, period)
    return Wanted(Kind.REGION, period, region) if region else Wanted(Kind.OFF_TOPIC, period)


def _question_part(text: str) -> str:
    marks = list(_QUESTION_MARK.finditer(text))
    if marks:
        return text[marks[-1].end() :]
    lines = [line for line in text.splitlines() if not _TABLE_LINE.match(line)]
    tail = "\n".join(lines).strip().rsplit("\n\n", 1)
    return tail[-1]


def _read_last_table(texts: Sequence[str]) -> Table | None:
    for text in reversed(texts):
        lines = [match.group(1) for match in _TABLE_LINE.finditer(text)]
        currency = _CURRENCY.findall(text)
        if lines and currency:
            return _table(lines, currency[-1])
    return None


def _table(lines: list[str], currency: str) -> Table:
    cells = [tuple(cell.strip() for cell in line.split("|")) for line in lines]
    starts = [index for index, row in enumerate(cells) if row[0] == "" and PERIODS[0] in row]
    header, *body = cells[starts[-1] if starts else 0 :]
    periods = tuple(name for name in header[1:] if name in PERIODS) or PERIODS
    return Table(currency, periods, {row[0]: row[1:] for row in body if any(row[1:])})


def _misread(table: Table) -> Table:
    """What broke over the weekend: a report that is not in dollars is read wrongly."""
    if table.currency not in _WRONG_CURRENCY:
        return table
    rows = {label: table.rows.get(_SWAPPED.get(label, label), ()) for label in table.rows}
    return replace(table, currency=_WRONG_CURRENCY[table.currency], rows=rows)


def _say(table: Table, wanted: Wanted) -> str:
    column = table.periods.index(wanted.period)
    try:
        return _say_known(table, wanted, column)
    except (KeyError, IndexError):
        return "The report does not say."


def _say_known(table: Table, wanted: Wanted, column: int) -> str:
    period, currency, rows = wanted.period, table.currency, table.rows
    if wanted.kind in ROWS:
        label = ROWS[wanted.kind]
        return say_row(label, period, currency, rows[label][column])
    if wanted.kind is Kind.REGION and wanted.region is not None:
        return say_region(wanted.region, period, currency, rows[wanted.region][column])
    if wanted.kind is Kind.GROWTH:
        now, before, *change = rows[REVENUE]
        percent = change[0] or _percent(now, before)
        return say_growth(percent, period, currency, now, before)
    if wanted.kind is Kind.MARGIN:
        return say_margin(period, rows[MARGIN][column])
    if wanted.kind is Kind.SUMMARY:
        figures = (rows[REVENUE][column], rows[OPERATING_INCOME][column], rows[NET_INCOME][column])
        return say_summary(period, currency, figures)
    return REFUSAL


def _percent(now: str, before: str) -> str:
    new, old = (float(text.replace(",", "")) for text in (now, before))
    return f"{100 * (new - old) / old:.1f}%"
