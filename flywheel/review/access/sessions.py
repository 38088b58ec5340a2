"""Sessions on the server's side: their ids rotate; they end when idle, old, or told to."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from secrets import token_urlsafe
from typing import Any, Final, NamedTuple

from flywheel.review.access.database import Connection, Database, Row

VISITOR: Final = "visitor"
"""The kind of a session before its login: it holds a form's token, or a provider's state."""

_ROTATE_S: Final = 15 * 60
_GRACE_S: Final = 60
"""How long an id is good after its successor was used: requests side by side carry the old one."""

_TOUCH_S: Final = 60
"""That it was seen is written this often at the most."""

_VISIT_S: Final = 15 * 60
_MOST_VISITORS: Final = 2_000
"""Strangers make these rows; beyond so many the oldest go."""


class Session(NamedTuple):
    """An open session."""

    key: int
    kind: str
    name: str
    role: str | None
    """As it is now, not as it was at the login; none for a visitor."""
    tenant: str | None
    data: dict[str, Any]
    fresh_id: str | None
    """The id that the cookie has to carry from now on; none: the same as before."""


class Holder(NamedTuple):
    """Whose session begins."""

    kind: str
    name: str
    version: int | None = None
    """Of the user; none: somebody who is not in users, with the role that follows."""
    role: str | None = None
    tenant: str | None = None


class Sessions:
    """The sessions of a home."""

    def __init__(
        self,
        database: Database,
        *,
        idle_s: float,
        max_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Seconds without a request, and seconds in all, after which a session ends."""
        self._database = database
        self._idle_s = idle_s
        self.max_s = max_s
        self._clock = clock

    def begin(self, holder: Holder, data: Mapping[str, Any], instead_of: int | None = None) -> str:
        """A new session in place of another; gives the id for its cookie."""
        id, now = token_urlsafe(32), self._clock()
        values = holder._asdict() | {"hash": _hash(id), "data": json.dumps(dict(data)), "now": now}
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE id = ?", (instead_of,))
            self._sweep(connection, now)
            connection.execute(
                "INSERT INTO sessions (hash, kind, name, user_version, role, tenant, data, "
                "created_at, seen_at, rotated_at) VALUES "
                "(:hash, :kind, :name, :version, :role, :tenant, :data, :now, :now, :now)",
                values,
            )
        return id

    def open(self, id: str) -> Session | None:
        """The session of a cookie's id; None when it has ended."""
        hashed, now = _hash(id), self._clock()
        with self._database.reading() as connection:
            row = _find(connection, hashed)
            if row is None or not self._is_good(row, now):
                return None
            if not _needs_writing(row, hashed, now):
                return _session(row, None)
        with self._database.transaction() as connection:
            row = _find(connection, hashed)  # another request may have been here first
            if row is None:
                return None
            if _came_back(row, hashed, now):
                connection.execute("DELETE FROM sessions WHERE id = ?", (row["id"],))
                return None
            return _session(row, _renew(connection, row, hashed, now))

    def save(self, key: int, changed: Mapping[str, Any], removed: list[str]) -> None:
        """Change some of a session's data; what other requests changed of it stays."""
        with self._database.transaction() as connection:
            row = connection.execute("SELECT data FROM sessions WHERE id = ?", (key,)).fetchone()
            if row is None:
                return
            data = {name: v for name, v in json.loads(row["data"]).items() if name not in removed}
            connection.execute(
                "UPDATE sessions SET data = ? WHERE id = ?",
                (json.dumps(data | dict(changed)), key),
            )

    def end(self, key: int) -> None:
        """End one."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE id = ?", (key,))

    def end_all(self, kind: str, name: str) -> None:
        """End all that somebody has, in whichever browser."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE kind = ? AND name = ?", (kind, name))

    def guests(self) -> list[tuple[str, str | None]]:
        """Name and tenant of those who came by a provider or a proxy and are no users here."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT DISTINCT name, tenant FROM sessions "
                "WHERE kind IN ('oidc', 'header') AND user_version IS NULL"
            ).fetchall()
        return [(row["name"], row["tenant"]) for row in rows]

    def _is_good(self, row: Row, now: float) -> bool:
        """Not idle, not old, and of a user who is still the same."""
        visits = row["kind"] == VISITOR
        idle_s, max_s = (_VISIT_S, _VISIT_S) if visits else (self._idle_s, self.max_s)
        if now - row["seen_at"] > idle_s or now - row["created_at"] > max_s:
            return False
        same: bool = row["user_version"] == row["current_version"]
        return same or row["kind"] in (VISITOR, "link", "header")

    def _sweep(self, connection: Connection, now: float) -> None:
        ended = {"idle": now - self._idle_s, "old": now - self.max_s, "visit": now - _VISIT_S}
        connection.execute(
            "DELETE FROM sessions WHERE seen_at < :idle OR created_at < :old "
            "OR (kind = 'visitor' AND created_at < :visit)",
            ended,
        )
        connection.execute(
            "DELETE FROM sessions WHERE kind = 'visitor' AND id NOT IN "
            "(SELECT id FROM sessions WHERE kind = 'visitor' ORDER BY id DESC LIMIT ?)",
            (_MOST_VISITORS,),
        )


def _find(connection: Connection, hashed: bytes) -> Row | None:
    row: Row | None = connection.execute(
        "SELECT sessions.*, users.role AS current_role, users.tenant AS current_tenant, "
        "users.version AS current_version "
        "FROM sessions LEFT JOIN users ON users.name = sessions.name "
        "WHERE sessions.hash = :hash OR sessions.previous = :hash",
        {"hash": hashed},
    ).fetchone()
    return row


def _needs_writing(row: Row, hashed: bytes, now: float) -> bool:
    return (
        now - row["seen_at"] >= _TOUCH_S
        or now - row["rotated_at"] >= _ROTATE_S
        or (row["previous"] is not None and row["confirmed_at"] is None)
        or row["previous"] == hashed
    )


def _came_back(row: Row, hashed: bytes, now: float) -> bool:
    """An id replaced long ago: two browsers have this session, and one of them stole it."""
    confirmed = row["confirmed_at"]
    return row["previous"] == hashed and confirmed is not None and now - confirmed > _GRACE_S


def _renew(connection: Connection, row: Row, hashed: bytes, now: float) -> str | None:
    """Write that it was seen; give the id to go on with, when that changes.

    The answer that carried a new id may never have arrived. So the old one stays good until the
    browser sends the new one, and for a moment after that.
    """
    connection.execute("UPDATE sessions SET seen_at = ? WHERE id = ?", (now, row["id"]))
    is_newest = row["hash"] == hashed
    if is_newest and row["previous"] is not None and row["confirmed_at"] is None:
        connection.execute("UPDATE sessions SET confirmed_at = ? WHERE id = ?", (now, row["id"]))
    lost = not is_newest and row["confirmed_at"] is None and now - row["rotated_at"] > _GRACE_S
    if not lost and not (is_newest and now - row["rotated_at"] >= _ROTATE_S):
        return None
    id = token_urlsafe(32)
    connection.execute(
        "UPDATE sessions SET hash = ?, previous = ?, confirmed_at = NULL, rotated_at = ? "
        "WHERE id = ?",
        (_hash(id), hashed, now, row["id"]),
    )
    return id


def _session(row: Row, fresh_id: str | None) -> Session:
    is_user = row["user_version"] is not None
    return Session(
        key=row["id"],
        kind=row["kind"],
        name=row["name"],
        role=row["current_role"] if is_user else row["role"],
        tenant=row["current_tenant"] if is_user else row["tenant"],
        data=json.loads(row["data"]),
        fresh_id=fresh_id,
    )


def _hash(id: str) -> bytes:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(id.encode()).digest()
