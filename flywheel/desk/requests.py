"""Requests that were answered: the same one again gets the same answer and decides nothing."""

import sqlite3
from typing import NamedTuple

from flywheel.errors import ConflictError


class RequestKey(NamedTuple):
    """What a caller names a request by, and what it was; both keyed hashes, for they hold text."""

    key: str
    content: str


def answer_of(connection: sqlite3.Connection, request: RequestKey) -> str | None:
    """The decision that this request made before; None: it is new.

    Raises `ConflictError` when another request had this key.
    """
    query = "SELECT content, decision_id FROM requests WHERE key = ?"
    row = connection.execute(query, [request.key]).fetchone()
    if row is None:
        return None
    if row["content"] != request.content:
        raise ConflictError("Idempotency-Key: another request had this key")
    return str(row["decision_id"])


def keep_answer(
    connection: sqlite3.Connection, request: RequestKey, decision_id: str, now: float
) -> None:
    """Remember it for a day, in the transaction that the decision is in: both are there or none."""
    connection.execute("DELETE FROM requests WHERE made_at < ?", [now - 86_400])
    values = [request.key, request.content, decision_id, now]
    connection.execute("INSERT INTO requests VALUES (?, ?, ?, ?)", values)
