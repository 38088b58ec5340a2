"""Tables in text: a column's heading tells what its cells are, as a cue does in prose."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from flywheel.scrub.found import Span

_DELIMITERS: Final = ",;\t|"
_HEADINGS: Final = {
    "PERSON": r"(?:(?:full|first|last|given|family|sur|middle|contact|employee|patient|holder"
    r"|member|person)[ _-]?name|first|last|given|family|forename|pr[ée]nom"
    r"|surname|employee|patient|card ?holder|vorname|nachname|cognome)",
    "PHONE_NUMBER": r"(?:(?:tele|cell|mobile|home|work)?[ _-]?(?:phone|mobile|tel|fax|cell)"
    r"(?:[ _-]?(?:no\.?|number|nr))?)",
    "DATE_OF_BIRTH": r"(?:dob|d\.o\.b\.|birth[ _-]?(?:date|day)|date[ _-]of[ _-]birth|born)",
    "NATIONAL_ID": r"(?:(?:national|tax|personal)[ _-]?id|tin|nino|nhs(?:[ _-]?number)?|dni|nif|bsn"
    r"|pesel|cpf|aadhaar|personnummer|steuer-?id|codice fiscale)",
    "US_SSN": r"(?:ssn|social[ _-]security(?:[ _-]number)?)",
    "PASSPORT": r"(?:passport(?:[ _-]?(?:no\.?|number))?)",
    "BANK_ACCOUNT": r"(?:(?:bank[ _-]?)?account[ _-]?(?:no\.?|number|nr)|kontonummer)",
    "STREET_ADDRESS": r"(?:(?:street|home|postal|billing|shipping)?[ _-]?address|street)",
}
IN_CELLS: Final = frozenset(_HEADINGS)
"""The entities that a heading can name."""

_OPTIONAL: Final = re.compile(
    r"[\"'`]?(?:(?:customer|client|user|account)?[ _-]?name|customer|client|contact|person|user"
    r"|beneficiary|payee|recipient|nombre|nom|nome)[\"'`]?",
    re.I,
)
"""A column of names, of people only where another column is personal, too."""

_HEADING: Final = {
    entity: re.compile(rf"[\"'`]?{form}[\"'`]?", re.I) for entity, form in _HEADINGS.items()
}
_CONTACT: Final = re.compile(
    r"[\"'`]?(?:e-?mail(?:[ _-]?address)?|iban|card(?:[ _-]?no\.?)?)[\"'`]?", re.I
)
_HINT = re.compile(
    rf"^[^\n]{{0,2000}}(?<![^\W_])(?:{'|'.join(_HEADINGS.values())}|name)(?![^\W_])[^\n]*\n",
    re.I | re.M,
)
_INSERT = re.compile(
    r"\binsert\s+into\s+[\w.\"`\[\]]{1,80}\s*\((?P<columns>[\w\s,.\"`\[\]]{1,1000})\)\s*values\s*",
    re.I,
)
_ROW = re.compile(r"\s*,?\s*\((?P<values>(?:'[^'\n]{0,400}'|[^'()\n]){0,200})\)")
_LITERAL = re.compile(r"(?:^|,)\s*(?P<value>'[^'\n]*'|[^,']*)")
_RULE = re.compile(r"[\s|:+-]*")

_CELLS: Final[dict[str, Callable[[str], object]]] = {
    "PERSON": re.compile(r"[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){0,4}").fullmatch,
    "PHONE_NUMBER": re.compile(r"(?=\D*\d)\+?[\d ()./x-]{7,24}").fullmatch,
    "DATE_OF_BIRTH": re.compile(r"(?=\D*\d)[\w ./,-]{6,24}").fullmatch,
    "NATIONAL_ID": re.compile(r"(?=\D*\d\D*\d\D*\d)[\w ./-]{5,24}").fullmatch,
    "US_SSN": re.compile(r"\d{3}[ -]?\d{2}[ -]?\d{4}").fullmatch,
    "PASSPORT": re.compile(r"(?=\D*\d\D*\d\D*\d)[A-Za-z\d]{6,10}").fullmatch,
    "BANK_ACCOUNT": re.compile(r"[\d -]{6,24}").fullmatch,
    "STREET_ADDRESS": re.compile(r"(?=\D*\d)(?=.*[^\W\d_]{3})[\w .'’#/-]{6,120}").fullmatch,
}
"""What a cell must look like: an empty one, a dash or a placeholder is none."""


def find_cells(text: str, entity: str) -> Iterator[Span]:
    """The cells under a heading of this entity."""
    for span in _all_cells(text):
        if span.type == entity:
            yield span


@lru_cache(maxsize=8)
def _all_cells(text: str) -> tuple[Span, ...]:
    found = tuple(_walk(text)) if _HINT.search(text) else ()
    return (*found, *_inserted(text)) if _INSERT.search(text) else found


def _inserted(text: str) -> Iterator[Span]:
    """The values of an INSERT, by the columns that it names."""
    for insert in _INSERT.finditer(text):
        columns = _columns([cell.strip(" \n\t\r[]") for cell in insert["columns"].split(",")])
        at = insert.end()
        while columns and (row := _ROW.match(text, at)):
            for index, literal in enumerate(_LITERAL.finditer(row["values"])):
                value, entity = literal["value"].strip("' "), columns.get(index)
                if entity and value and _CELLS[entity](value):
                    start = text.index(value, row.start("values") + literal.start("value"))
                    yield Span(start, start + len(value), entity, 0.8)
            at = row.end()


def _walk(text: str) -> Iterator[Span]:
    """Line by line: a heading opens a table, a line of another width ends it."""
    columns: dict[int, str] = {}
    delimiter, width, at = "", 0, 0
    for line in text.split("\n"):
        if columns and line.count(delimiter) + 1 == width:
            if not _RULE.fullmatch(line):
                yield from _cells(line, at, delimiter, columns)
        else:
            delimiter, columns = _heading(line)
            width = line.count(delimiter) + 1 if delimiter else 0
        at += len(line) + 1


def _heading(line: str) -> tuple[str, dict[int, str]]:
    delimiter = max(_DELIMITERS, key=line.count)
    cells = [cell.strip() for cell in line.split(delimiter)]
    if len(cells) < 2 or any(len(cell) > 40 or cell[:1].isdigit() for cell in cells):
        return "", {}
    return delimiter, _columns(cells)


def _columns(cells: list[str]) -> dict[int, str]:
    columns = {
        at: entity
        for at, cell in enumerate(cells)
        for entity, pattern in _HEADING.items()
        if pattern.fullmatch(cell)
    }
    if columns or any(map(_CONTACT.fullmatch, cells)):
        columns |= {at: "PERSON" for at, cell in enumerate(cells) if _OPTIONAL.fullmatch(cell)}
    return columns


def _cells(line: str, at: int, delimiter: str, columns: dict[int, str]) -> Iterator[Span]:
    for index, cell in enumerate(line.split(delimiter)):
        value = cell.strip(" \t\r\"'`")
        entity = columns.get(index)
        if entity and value and _CELLS[entity](value):
            start = at + cell.index(value)
            yield Span(start, start + len(value), entity, 0.8)
        at += len(cell) + 1
