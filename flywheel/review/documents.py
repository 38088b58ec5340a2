"""Splits a document into prose and the pipe tables in it."""

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from flywheel.review.marks import Marked

_CELL_BORDER: Final = re.compile(r"(?<!\\)\|")
_STRONG: Final = re.compile(r"(\*\*|__)(.+)\1")
_RULE: Final = re.compile(r":?-{3,}:?")
_NUMERIC: Final = re.compile(r"[-–—−+($€£¥\s]*\d[\d.,'\s]*[%)\s]*|[-–—−\s]*%?")

_MOST_CELLS: Final = 10_000
"""More would keep the reader waiting."""

Marker = Callable[[str], tuple[Marked, ...]]


class Cell(NamedTuple):
    """A cell of a table."""

    text: tuple[Marked, ...]
    numeric: bool
    strong: bool
    """Written between double asterisks, which are left out: a total's row."""


class Table(NamedTuple):
    """A pipe table; every row has the same number of cells."""

    header: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]


class Prose(NamedTuple):
    """Anything else, white space and line breaks as they were."""

    text: tuple[Marked, ...]


Block = Table | Prose


def read_blocks(text: str, mark: Marker) -> tuple[Block, ...]:
    """The text's tables and what stands between them, in order, each stretch marked by `mark`.

    Beyond so many cells a table goes on as the lines that it is written in.
    """
    blocks: list[Block] = []
    waiting: list[str] = []
    left = _MOST_CELLS
    for piped, group in groupby(text.splitlines(), key=lambda line: "|" in line):
        lines = list(group)
        rows = [_split(line) for line in lines] if piped else []
        if _is_table(lines, rows):
            many = left // max(len(row) for row in rows)
            shown = rows[:many] if many > 2 else []
            left -= sum(map(len, shown))
            if shown:
                blocks += [*_prose(waiting, mark), _table(shown, mark)]
                waiting = []
            waiting += lines[len(shown) :]
        else:
            waiting += lines
    return (*blocks, *_prose(waiting, mark))


def _prose(lines: Sequence[str], mark: Marker) -> list[Prose]:
    text = "\n".join(lines).strip("\n")
    return [Prose(mark(text))] if text.strip() else []


def _split(line: str) -> list[str]:
    cells = _CELL_BORDER.split(line.strip())
    cells = cells[1:] if cells[0] == "" else cells
    cells = cells[:-1] if len(cells) > 1 and cells[-1].strip() == "" else cells
    return [cell.replace("\\|", "|").strip() for cell in cells]


def _is_table(lines: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Two lines or more, all opened by a pipe or the second one a rule of dashes."""
    if len(rows) < 2:
        return False
    return all(line.lstrip().startswith("|") for line in lines) or _is_rule(rows[1])


def _is_rule(row: Sequence[str]) -> bool:
    return bool(row) and all(_RULE.fullmatch(cell) for cell in row)


def _table(rows: Sequence[Sequence[str]], mark: Marker) -> Table:
    width = max(len(row) for row in rows)
    heads = _count_header(rows)
    cells = [
        tuple(_cell(text, mark) for text in (*row, *[""] * (width - len(row))))
        for row in rows
        if not _is_rule(row)
    ]
    return Table(tuple(cells[:heads]), tuple(cells[heads:]))


def _cell(text: str, mark: Marker) -> Cell:
    strong = _STRONG.fullmatch(text)
    text = strong[2] if strong else text
    return Cell(mark(text), bool(_NUMERIC.fullmatch(text)), strong is not None)


def _count_header(rows: Sequence[Sequence[str]]) -> int:
    """Rows above the rule of dashes; without one, the first rows that have no name of their own."""
    for index, row in enumerate(rows):
        if _is_rule(row):
            return index
    return next((index for index, row in enumerate(rows) if row[0]), 0)
