"""Exports the queue of candidates and the decisions made, as JSON lines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from flywheel.decisions import candidate_line, decision_line, stored_decision
from flywheel.desk.outbox import settle
from flywheel.lines import write_lines
from flywheel.settings import Settings
from flywheel.steps.candidates import read_these
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.decision import Decision

_CHUNK: Final = 500
"""Lines read in one transaction."""


def export_decisions(
    settings: Settings, path: Path | None, *, state: Literal["pending", "all"] = "pending"
) -> int:
    """Write candidates, then all decisions, as JSON lines (None: standard output); gives how many.

    Raises `InputError` when it cannot be written.
    """
    settle(settings)
    return write_lines(_lines(open_store(settings), state), path)


def audit_lines(
    settings: Settings, tell: Callable[[Decision], bool], name: Callable[[Decision], bool]
) -> Iterator[str]:
    """The decisions that may be told, in the order recorded, a line each, with what each took
    back; `name` says whether it may be told whose one is."""
    settle(settings)
    for decision in filter(tell, _decisions(open_store(settings))):
        yield decision_line(decision, named=name(decision))


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
