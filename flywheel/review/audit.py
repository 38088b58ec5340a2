"""Who decided what, when, on which version of the text: as lines of JSON or as CSV."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from flywheel.decisions import NAMELESS
from flywheel.desk import Made
from schemas.decision import Decision

FIELDS: Final = (
    "decision_id",
    "time",
    "reviewer",
    "candidate_id",
    "verdict",
    "text_version",
    "target",
    "critical",
    "labels",
    "rubric",
    "reason",
    "note",
    "output",
    "seconds",
    "sent_to",
    "adjudicates",
    "undoes",
    "undone",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run."""

Names = Callable[[Decision], bool]


def audit_lines(made: Iterable[Made], names: Names = lambda decision: True) -> Iterator[str]:
    """A decision a line, every field there; `names` says whether it may be told whose one is."""
    for one in made:
        yield json.dumps(_row(one, names), ensure_ascii=False) + "\n"


def audit_csv(made: Iterable[Made], names: Names = lambda decision: True) -> Iterator[str]:
    """The same for a spreadsheet; what it would take for a formula gets an apostrophe."""
    yield _csv_line(FIELDS)
    for one in made:
        yield _csv_line([_cell(value) for value in _row(one, names).values()])


def _row(one: Made, names: Names) -> dict[str, Any]:
    said = one.decision.model_dump(mode="json") | {
        "decision_id": one.decision_id,
        "undone": one.undone,
    }
    said |= {} if names(one.decision) else NAMELESS
    return {name: said.get(name) for name in FIELDS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
