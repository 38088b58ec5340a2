"""Tables in text: a column's heading tells what its cells are, as a cue does in prose."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from flywheel.scrub.found import Span

_DELIMITERS: Final = ",;\t|"
_HEADINGS: Final = {
    "PERSON": r"(?:(?:full|first|last|given|family|sur|middle|contact|employee|patient|holder"
    r"|member|person)[ _-]?name|forename|pr[ée]nom|surname|card ?holder|vorname|nachname|cognome)",
    "PHONE_NUMBER": r"(?:(?:tele|cell|mobile|home|work)?[ _-]?(?:(?:phone|tel|fax)"
    r"(?:[ _-]?(?:no\.?|number|nr))?|(?:mobile|cell)[ _-]?(?:no\.?|number|nr)))",
    "DATE_OF_BIRTH": r"(?:dob|d\.o\.b\.|birth[ _-]?(?:date|day)|date[ _-]of[ _-]birth|born)",
    "NATIONAL_ID": r"(?:(?:national|tax|personal)[ _-]?id|nino|nhs(?:[ _-]?number)?|dni|nif|bsn"
    r"|pesel|cpf|aadhaar|personnummer|steuer-?id|codice fiscale)",
    "US_SSN": r"(?:ssn|social[ _-]security(?:[ _-]number)?)",
    "PASSPORT": r"(?:passport(?:[ _-]?(?:no\.?|number))?)",
    "BANK_ACCOUNT": r"(?:(?:bank[ _-]?)?account[ _-]?(?:no\.?|number|nr)|kontonummer)",
    "STREET_ADDRESS": r"(?:(?:street|home|postal|billing|shipping)?[ _-]?address)",
}
IN_CELLS: Final = frozenset(_HEADINGS)
"""The entities that a heading can name."""

_AMBIGUOUS: Final = {
    "PERSON": r"(?:(?:customer|client|user|account)?[ _-]?name|customer|client|contact|person|user"
    r"|beneficiary|payee|recipient|nombre|nom|nome|first|last|given|family|employee|patient)",
    "PHONE_NUMBER": r"(?:(?:home|work)?[ _-]?(?:mobile|cell))",
    "NATIONAL_ID": r"tin",
    "STREET_ADDRESS": r"street",
}
"""Of reports, too ("Tin", "Mobile", "Family"): personal beside a column that is for sure."""


def _headed(forms: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"[\"'`]?{form}[\"'`]?", re.I) for kind, form in forms.items()}


_SURE: Final = _headed(_HEADINGS)
_MAYBE: Final = _headed(_AMBIGUOUS)
_CONTACT: Final = re.compile(
    r"[\"'`]?(?:e-?mail(?:[ _-]?address)?|iban|card(?:[ _-]?no\.?)?)[\"'`]?", re.I
)
_HINT = re.compile(
    r"^[^\n]{0,2000}(?<![^\W_])"
    rf"(?:{'|'.join((*_HEADINGS.values(), *_AMBIGUOUS.values()))})(?![^\W_])[^\n]*\n",
    re.I | re.M,
)
_INSERT = re.compile(
    r"\binsert\s+into\s+[\w.\"`\[\]]{1,80}\s*\((?P<columns>[\w\s,.\"`\[\]]{1,1000})\)\s*values\s*",
    re.I,
)
_QUOTED: Final = r"""(?:'(?:''|\\'(?=\w)|[^'\n]){0,400}+'|"(?:""|\\"(?=\w)|[^"\n]){0,400}+")"""
_BARE: Final = r"""(?:\([^()'"\n]{0,80}\)|[^'"(),])"""
_ROW = re.compile(rf"\s*,?\s*\((?P<values>(?:{_QUOTED}|{_BARE}|,){{0,2000}}+)\)")
_LITERAL = re.compile(
    rf"(?:^|,)\s*(?:\w{{0,12}}[ ]?(?P<quoted>{_QUOTED})|(?P<bare>{_BARE}{{0,2000}}+))"
)
"""Quoted with a prefix (N'…', E'…') or without, as MySQL does, or a number, a call, NULL."""

_SPLIT: Final = {
    delimiter: re.compile(
        rf"(?P<cell>\s*\"(?:[^\"]|\"\")*+\"\s*+(?=[{delimiter}]|\Z)|{bare})(?P<end>[{delimiter}]|\Z)"
    )
    for delimiter in _DELIMITERS
    for bare in [r"(?:\\\||[^|])*+" if delimiter == "|" else rf"[^{delimiter}]*+"]
}
"""A cell in quotes holds delimiters, as in CSV; a backslash keeps one in Markdown."""

_NUMBERED = re.compile(r"[\d@]")
_RULE = re.compile(r"[\s|:+-]*")

_CELLS: Final[dict[str, Callable[[str], object]]] = {
    "PERSON": re.compile(
        r"(?=(?:[\W\d_]*[^\W\d_]){2})[^\W\d_][\w.'’-]*(?:,? [^\W\d_][\w.'’-]*){0,4}"
    ).fullmatch,
    "PHONE_NUMBER": re.compile(r"(?=\D*\d)\+?[\d ()./x-]{7,24}").fullmatch,
    "DATE_OF_BIRTH": re.compile(r"(?=\D*\d)[\w ./,-]{6,24}").fullmatch,
    "NATIONAL_ID": re.compile(r"(?=\D*\d\D*\d\D*\d)[\w ./-]{5,24}").fullmatch,
    "US_SSN": re.compile(r"\d{3}[ -]?\d{2}[ -]?\d{4}").fullmatch,
    "PASSPORT": re.compile(r"(?=\D*\d\D*\d\D*\d)[A-Za-z\d]{6,10}").fullmatch,
    "BANK_ACCOUNT": re.compile(r"[\d -]{6,24}").fullmatch,
    "STREET_ADDRESS": re.compile(r"(?=\D*\d)(?=.*[^\W\d_]{3})[\w .'’#/-]{6,120}").fullmatch,
}
"""What a cell must look like: an empty one, a dash or a placeholder is none."""

_FIGURE = re.compile(
    r"[-+$€£]?\d[\d ]*\.\d+(?:\s?[^\W\d_]+)?"
    r"|.*(?:%|\b(?:million|billion|trillion|thousand|percent|mn|bn)\b).*",
    re.I,
)
_NO_FIGURES: Final = frozenset({"PHONE_NUMBER", "NATIONAL_ID", "STREET_ADDRESS"})


def find_cells(text: str, entity: str) -> Iterator[Span]:
    """The cells under a heading of this entity."""
    for span in _all_cells(text):
        if span.type == entity:
            yield span


@lru_cache(maxsize=8)
def _all_cells(text: str) -> tuple[Span, ...]:
    found = tuple(_walk(text)) if "\n" in text and _HINT.search(text) else ()
    return (*found, *_inserted(text)) if _INSERT.search(text) else found


def _inserted(text: str) -> Iterator[Span]:
    """The values of an INSERT, by the columns that it names."""
    for insert in _INSERT.finditer(text):
        columns = _columns([cell.strip(" \n\t\r[]") for cell in insert["columns"].split(",")])
        at = insert.end()
        while columns and (row := _ROW.match(text, at)):
            for index, literal in enumerate(_LITERAL.finditer(row["values"])):
                quoted, entity = literal["quoted"], columns.get(index)
                if entity and (quoted or entity != "PERSON"):  # a bare word is NULL or a call
                    start = row.start("values") + literal.start("quoted" if quoted else "bare")
                    yield from _cell(quoted or literal["bare"], start, entity)
            at = row.end()


def _walk(text: str) -> Iterator[Span]:
    """Line by line: a heading opens a table, a line without its delimiter ends it."""
    columns: dict[int, str] = {}
    delimiter, above, width, at, gap = "", "", 0, 0, 0
    lines = text.split("\n")
    for line, below in zip(lines, (*lines[1:], ""), strict=True):
        if columns and not line.strip():
            gap += 1
        elif columns and gap < 2 and delimiter in line and not _is_rule(below):
            cells = _split(line, delimiter)
            if (gap or len(cells) != width) and (opened := _heading(line))[1]:
                (delimiter, columns), gap = opened, 0
                width = len(_split(line, delimiter))
            elif len(cells) == width and (not gap or _goes_on(line, above, cells, columns)):
                above, gap = line, 0
                for index, entity in columns.items():
                    start, cell = cells[index]
                    yield from _cell(cell, at + start, entity)
        else:
            (delimiter, columns), above, gap = _heading(line), "", 0
            width = len(_split(line, delimiter)) if columns else 0
        at += len(line) + 1


def _is_rule(line: str) -> bool:
    return "-" in line and _RULE.fullmatch(line) is not None


def _goes_on(line: str, above: str, cells: list[tuple[int, str]], columns: dict[int, str]) -> bool:
    """Whether a line behind a blank one is a row: prose and other tables have commas, too."""
    if _NUMBERED.search(above) and not _NUMBERED.search(line):
        return False
    if cells[-1][1].rstrip().endswith((".", "!", "?", ":")):
        return False
    return all(any(_cell(cells[index][1], 0, entity)) for index, entity in columns.items())


def _split(line: str, delimiter: str) -> list[tuple[int, str]]:
    """The cells, each with its place in the line."""
    cells: list[tuple[int, str]] = []
    for match in _SPLIT[delimiter].finditer(line):
        cells.append((match.start(), match["cell"]))
        if not match["end"]:
            break
    return cells


def _heading(line: str) -> tuple[str, dict[int, str]]:
    delimiter = max(_DELIMITERS, key=line.count)
    cells = [cell.strip() for _, cell in _split(line, delimiter)]
    if len(cells) < 2 or any(len(cell) > 40 or cell[:1].isdigit() for cell in cells):
        return "", {}
    return delimiter, _columns(cells)


def _columns(cells: list[str]) -> dict[int, str]:
    columns = _named(cells, _SURE)
    if columns or any(map(_CONTACT.fullmatch, cells)):
        columns |= _named(cells, _MAYBE)
    return columns


def _named(cells: list[str], headings: dict[str, re.Pattern[str]]) -> dict[int, str]:
    return {
        at: entity
        for at, cell in enumerate(cells)
        for entity, pattern in headings.items()
        if pattern.fullmatch(cell)
    }


def _cell(cell: str, at: int, entity: str) -> Iterator[Span]:
    value = cell.strip(" \t\r\n\"'`")
    if not value or not _CELLS[entity](value):
        return
    if entity not in _NO_FIGURES or not _FIGURE.fullmatch(value):
        start = at + cell.index(value)
        yield Span(start, start + len(value), entity, 0.8)
