"""Decisions on their way into the facts: kept at once, settled soon after, never twice."""

import logging
import sqlite3
from collections.abc import Iterable
from datetime import UTC
from typing import Final

from flywheel.decisions import Given, decision_id
from flywheel.desk.records import Made
from flywheel.desk.tables import FILE, Row, Tables
from flywheel.settings import Settings
from flywheel.steps.append import append_decisions
from flywheel.store import open_store
from schemas.decision import Decision

_BATCH: Final = 500
_log = logging.getLogger(__name__)

_KEEP: Final = """
INSERT INTO decisions (
    decision_id, candidate_id, reviewer, verdict, decided_at, seq, body
)
VALUES (:decision_id, :candidate_id, :reviewer, :verdict, :decided_at, :seq, :body)
ON CONFLICT (decision_id) DO UPDATE SET seq = coalesce(excluded.seq, seq)
"""
_UNSETTLED: Final = """
SELECT decision_id, body FROM decisions WHERE seq IS NULL AND rowid <= :newest
ORDER BY decided_at, rowid LIMIT :most
"""
_NEWEST: Final = "SELECT max(rowid) FROM decisions"
_SETTLED: Final = "UPDATE decisions SET seq = 0 WHERE decision_id = ? AND seq IS NULL"
_DROP: Final = "DELETE FROM decisions WHERE decision_id = ? AND seq IS NULL"


def settle(settings: Settings) -> int:
    """Append to the facts what the review page has taken and not appended yet; gives how many.

    Safe beside a running page, and to run again after a kill: a decision is known by its content.
    """
    path = settings.home / FILE
    return settle_from(Tables(path), settings) if path.exists() else 0


def settle_from(tables: Tables, settings: Settings) -> int:
    """`settle` for who has the tables open: what was taken until now.

    Not what comes meanwhile: reviewers who decide faster than this appends would keep it for ever.
    """
    count = 0
    with tables.reading() as connection:
        [newest] = connection.execute(_NEWEST).fetchone()
    while batch := _unsettled(tables, newest):
        given = [Given(Decision.model_validate_json(row["body"]), timed=True) for row in batch]
        outcomes = append_decisions(open_store(settings), given)
        with tables.writing() as connection:
            for row, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, str):  # the case was erased, or another took its place
                    _log.warning("a decision could not be appended: %s", outcome)
                    connection.execute(_DROP, [row["decision_id"]])
                else:
                    connection.execute(_SETTLED, [row["decision_id"]])
        count += len(batch)
    return count


def _unsettled(tables: Tables, newest: int | None) -> list[Row]:
    with tables.reading() as connection:
        bounds = {"newest": newest, "most": _BATCH}
        return connection.execute(_UNSETTLED, bounds).fetchall()


def keep(connection: sqlite3.Connection, decision: Decision, seq: int | None = None) -> str:
    """Write a scrubbed decision down; `seq` for one that is a fact already. Gives its id."""
    id = decision_id(decision)
    values = {
        "decision_id": id,
        "candidate_id": decision.candidate_id,
        "reviewer": decision.reviewer,
        "verdict": decision.verdict.value,
        "decided_at": stamp(decision),
        "seq": seq,
        "body": decision.model_dump_json(exclude_none=True),
    }
    connection.execute(_KEEP, values)
    if decision.undoes is not None:
        undone = "UPDATE decisions SET undone = 1 WHERE decision_id = ?"
        connection.execute(undone, [decision.undoes])
    return id


def stamp(decision: Decision) -> str:
    """Its time as text that sorts."""
    return decision.time.astimezone(UTC).isoformat(timespec="microseconds")


def made_of(rows: Iterable[Row]) -> tuple[Made, ...]:
    """Rows of the table `decisions` as what they hold."""
    return tuple(
        Made(row["decision_id"], Decision.model_validate_json(row["body"]), bool(row["undone"]))
        for row in rows
    )


def decisions_about(connection: sqlite3.Connection, candidate_id: str) -> tuple[Made, ...]:
    """All that was decided about a case, in the order of the facts."""
    query = "SELECT * FROM decisions WHERE candidate_id = ? ORDER BY decided_at, rowid"
    return made_of(connection.execute(query, [candidate_id]))
