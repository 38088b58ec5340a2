"""One decision about many cases, a few at a time: others who decide meanwhile hardly wait."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from time import monotonic, sleep
from typing import Final

from flywheel.decisions import fact_of
from flywheel.desk import queue
from flywheel.desk.outbox import made_of
from flywheel.desk.records import BulkReport, Entry, Filters, QueueState, Viewer
from flywheel.desk.tables import Tables
from flywheel.errors import ConflictError, InputError
from schemas.decision import Decision

_TURN_S: Final = 0.02
"""How long one transaction goes on taking cases."""
_PAUSE_S: Final = 0.03
"""SQLite has no queue of who waits: without a pause the next turn begins before they look."""

_STATES: Final[tuple[QueueState, ...]] = ("approved", "rejected")
"""Where a bulk leaves cases."""
Make = Callable[[Entry], Decision]
Write = Callable[[sqlite3.Connection, Decision], str]
"""Decides one case within a transaction, or raises `InputError`."""


def select(
    tables: Tables, filters: Filters, viewer: Viewer, make: Make, expected: int
) -> tuple[list[Entry], int]:
    """The cases to decide, and how many the same bulk decided before it was cut off.

    Raises `ConflictError` when those together are not as many as expected.
    """
    with tables.reading() as connection:
        entries = queue.find(connection, filters, viewer, expected + 1, 0)
        already = 0
        if len(entries) < expected:
            already = _made_already(connection, filters, viewer, make)
    if len(entries) + already != expected:
        raise ConflictError(
            f"the filters do not show {expected:,} cases any more: look again, then repeat it"
        )
    return entries, already


def _made_already(
    connection: sqlite3.Connection, filters: Filters, viewer: Viewer, make: Make
) -> int:
    """Cases within the filters, but for the state, whose newest word is this one already."""
    count = 0
    for state in _STATES:
        if state != filters.state:
            there = filters.model_copy(update={"state": state, "mine": True})
            for entry in queue.find(connection, there, viewer, -1, 0):
                made = make(entry).model_copy(update={"reviewer": viewer.name})
                count += _is_newest(connection, made)
    return count


def _is_newest(connection: sqlite3.Connection, decision: Decision) -> bool:
    query = "SELECT * FROM decisions WHERE candidate_id = ? ORDER BY decided_at DESC, rowid DESC"
    found = made_of(connection.execute(f"{query} LIMIT 1", [decision.candidate_id]))
    return any(not one.undone and fact_of(one.decision) == fact_of(decision) for one in found)


def write(
    tables: Tables, filters: Filters, viewer: Viewer, decisions: Sequence[Decision], decide: Write
) -> BulkReport:
    """Decide, in turns; what somebody else has decided meanwhile is left as it is, and told."""
    refused: list[tuple[str, str]] = []
    rest = iter(decisions)
    while turn := _turn(tables, filters, viewer, rest, decide):
        refused += [(id, why) for id, why in turn if why is not None]
        sleep(_PAUSE_S)
    return BulkReport(decided=len(decisions) - len(refused), refused=tuple(refused))


def _turn(
    tables: Tables, filters: Filters, viewer: Viewer, rest: Iterator[Decision], decide: Write
) -> list[tuple[str, str | None]]:
    """One transaction: the cases that it took, each with why it was refused, if it was."""
    done: list[tuple[str, str | None]] = []
    with tables.writing() as connection:
        until = monotonic() + _TURN_S
        for decision in rest:
            done.append(
                (decision.candidate_id, _one(connection, filters, viewer, decision, decide))
            )
            if monotonic() >= until:
                break
    return done


def _one(
    connection: sqlite3.Connection,
    filters: Filters,
    viewer: Viewer,
    decision: Decision,
    decide: Write,
) -> str | None:
    if not queue.shows(connection, filters, viewer, decision.candidate_id):
        return "It was decided meanwhile, or changed: look at it again."
    try:
        decide(connection, decision)
    except InputError as error:
        return str(error)
    return None
