"""Appends decisions to the facts, by what stands about their cases; they come scrubbed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from flywheel.decisions import NO_CASE, Given, after, decision_id, fact_of, stored_decision
from flywheel.store import Connection, Store
from flywheel.store.sql import fetch_rows, sql
from schemas.decision import Decision, Verdict


class _Standing(NamedTuple):
    """A candidate as its newest decision leaves it."""

    has_ideal: bool
    decision_id: str | None
    """That it stands by; none while two have to judge it, or when it was reopened."""
    latest_at: datetime | None
    """Of all decisions about it."""


def append_decisions(store: Store, given: Sequence[Given]) -> list[bool | str]:
    """Append scrubbed decisions in one transaction: True, False for there already, or why not."""
    if not given:
        return []
    with store.transaction() as connection:
        standing = _standing(connection, [one.decision.candidate_id for one in given])
        known = _known(connection, [decision_id(one.decision) for one in given])
        return [_append_one(connection, one, standing, known) for one in given]


def _append_one(
    connection: Connection, given: Given, standing: dict[str, _Standing], known: set[str]
) -> bool | str:
    now = standing.get(given.decision.candidate_id)
    if now is None:
        return NO_CASE
    if given.timed and decision_id(given.decision) in known:
        return False
    if fault := _fault(connection, given.decision, now):
        return fault
    if not given.timed and _is_said_already(connection, given.decision, now):
        return False
    decision = given.decision if given.timed else after(given.decision, now.latest_at)
    id = _insert(connection, decision)
    known.add(id)
    if now.latest_at is None or now.latest_at <= decision.time:
        standing[decision.candidate_id] = _Standing(now.has_ideal, id, decision.time)
    return True


def _insert(connection: Connection, decision: Decision) -> str:
    id = decision_id(decision)
    values = decision.model_dump(exclude={"time"}) | {
        "decision_id": id,
        "decided_at": decision.time.astimezone(UTC),
        "rubric": None if decision.rubric is None else json.dumps(decision.rubric),
        "labels": None if decision.labels is None else list(decision.labels),
    }
    connection.execute(sql("insert_decision"), values)
    return id


def _fault(connection: Connection, decision: Decision, now: _Standing) -> str | None:
    """Why the decision cannot be: nothing to approve, or nothing of one's own to take back."""
    if decision.verdict is Verdict.APPROVE and not now.has_ideal:
        return "verdict: no ideal output is proposed: use edit with output"
    if decision.undoes is None:
        return None
    rows = fetch_rows(connection, "undoable_decisions", {"decision_ids": [decision.undoes]})
    own = {"candidate_id": decision.candidate_id, "reviewer": decision.reviewer}
    if not any(own.items() <= row.items() for row in rows):
        return "undoes: no decision of this reviewer about this candidate that still stands"
    return None


def _is_said_already(connection: Connection, decision: Decision, now: _Standing) -> bool:
    if now.decision_id is None:
        return False
    [row] = fetch_rows(connection, "read_decision", {"decision_id": now.decision_id})
    return fact_of(stored_decision(row)) == fact_of(decision)


def _standing(connection: Connection, ids: list[str]) -> dict[str, _Standing]:
    rows = connection.execute(sql("decided_candidates"), {"candidate_ids": ids}).fetchall()
    return {row[0]: _Standing(*row[1:]) for row in rows}


def _known(connection: Connection, ids: list[str]) -> set[str]:
    rows = connection.execute(sql("known_decisions"), {"decision_ids": ids}).fetchall()
    return {row[0] for row in rows}
