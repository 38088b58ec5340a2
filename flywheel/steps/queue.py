"""Exports the queue of candidates and the decisions made, as JSON lines."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final, Literal

from pydantic_core import from_json

from flywheel.decisions import candidate_line, decision_line
from flywheel.lines import write_lines
from flywheel.settings import Settings
from flywheel.steps.candidates import read_these
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.decision import Decision, Verdict
from schemas.target import Target

_CHUNK: Final = 500
"""Lines read in one transaction."""


def export_decisions(
    settings: Settings, path: Path | None, *, state: Literal["pending", "all"] = "pending"
) -> int:
    """Write candidates, then all decisions, as JSON lines (None: standard output); gives how many.

    Raises `InputError` when it cannot be written.
    """
    return write_lines(_lines(open_store(settings), state), path)


def _lines(store: Store, state: str) -> Iterator[str]:
    """Candidates as they stand when the export begins, then the decisions in the order recorded."""
    with store.transaction() as connection:
        values = {"state": None if state == "all" else state}
        ids = [row[0] for row in connection.execute(sql("queue_ids"), values).fetchall()]
    for start in range(0, len(ids), _CHUNK):
        yield from map(candidate_line, read_these(store, ids[start : start + _CHUNK]))
    yield from map(decision_line, _decisions(store))


def _decisions(store: Store) -> Iterator[Decision]:
    after = -1
    while True:
        with store.transaction() as connection:
            rows = fetch_rows(connection, "page_of_decisions", {"after": after, "limit": _CHUNK})
        yield from map(stored_decision, rows)
        if len(rows) < _CHUNK:
            return
        after = rows[-1]["seq"]


def stored_decision(row: Mapping[str, Any]) -> Decision:
    """A decision as a row of `page_of_decisions` holds it: it was checked on its way in."""
    values = {name: row[name] for name in Decision.model_fields}
    rubric, labels, target = values["rubric"], values["labels"], values["target"]
    values |= {
        "verdict": Verdict(values["verdict"]),
        "time": values["time"].astimezone(UTC),
        "rubric": None if rubric is None else from_json(rubric),
        "labels": None if labels is None else tuple(labels),
        "target": None if target is None else Target(target),
    }
    return Decision.model_construct(**values)
