"""Requests that were answered: the same one again gets the same answer and decides nothing."""

import hashlib
import hmac
import json
import sqlite3
from typing import Any, NamedTuple

from flywheel.errors import ConflictError


class RequestKey(NamedTuple):
    """What a caller names a request by, and what it was; both keyed hashes, for they hold text."""

    key: str
    content: str


def request_key(secret: bytes, name: str, key: str, content: Any) -> RequestKey:
    """The key that this person gave to a request of this content (JSON)."""

    def keyed(text: str) -> str:
        return hmac.new(secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    return RequestKey(keyed(f"{name}\0{key}"), keyed(json.dumps(content, sort_keys=True)))


def answer_of(connection: sqlite3.Connection, request: RequestKey) -> str | None:
    """The decision that this request made before, empty for one about many; None: it is new.

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


def begin_many(connection: sqlite3.Connection, request: RequestKey, now: float) -> None:
    """The same for one about many, before its first decision."""
    if answer_of(connection, request) is None:
        keep_answer(connection, request, "", now)
        connection.execute("DELETE FROM bulks WHERE key NOT IN (SELECT key FROM requests)")
        connection.execute("DELETE FROM bulks WHERE key = ?", [request.key])


def taken(connection: sqlite3.Connection, request: RequestKey) -> dict[str, str | None]:
    """The cases that a request about many took before, each with why it was refused, if it was.

    Raises `ConflictError` when another request had this key.
    """
    if answer_of(connection, request) is None:
        return {}
    query = "SELECT candidate_id, refused FROM bulks WHERE key = ?"
    return dict(tuple(row) for row in connection.execute(query, [request.key]))


def keep_taken(
    connection: sqlite3.Connection, request: RequestKey, candidate_id: str, refused: str | None
) -> None:
    """Remember what became of one case, in the transaction that its decision is in."""
    values = [request.key, candidate_id, refused]
    connection.execute("INSERT INTO bulks VALUES (?, ?, ?)", values)


def is_taken(connection: sqlite3.Connection, request: RequestKey, candidate_id: str) -> bool:
    """Whether a request about many took this case before."""
    query = "SELECT 1 FROM bulks WHERE key = ? AND candidate_id = ?"
    return connection.execute(query, [request.key, candidate_id]).fetchone() is not None
