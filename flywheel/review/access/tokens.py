"""API tokens: shown once, stored as hashes, as good as the user whose they are."""

import hashlib
import time
from collections.abc import Callable
from secrets import token_hex, token_urlsafe
from typing import Final, NamedTuple

from flywheel.errors import InputError
from flywheel.review.access.database import Database, open_database
from flywheel.review.access.permissions import Role
from flywheel.review.access.principal import Principal, make_principal
from flywheel.review.access.users import Users
from flywheel.settings import Settings

PREFIX: Final = "flywheel_"
"""So that scanners for leaked secrets can find one."""

_DAY: Final = 86_400
_TOUCH_S: Final = 3_600


class Token(NamedTuple):
    """One token, without what proves it."""

    id: str
    name: str
    label: str
    created_at: float
    expires_at: float | None
    used_at: float | None
    """To the hour."""


class Tokens:
    """The API tokens of a home."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def make(self, users: Users, name: str, label: str, days: int | None = None) -> str:
        """A new token of a user, which is told this once. Raises `InputError` without the user."""
        user = users.find(name)
        if user is None:
            raise InputError(f"{name}: there is no such user; see: flywheel users list")
        token, now = f"{PREFIX}{token_urlsafe(32)}", self._clock()
        expires = None if days is None else now + days * _DAY
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (token_hex(4), _hash(token), user.name, user.version, label, now, expires),
            )
        return token

    def listed(self) -> list[Token]:
        """All that are good now, by user."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT tokens.id, tokens.name, label, tokens.created_at, expires_at, used_at "
                "FROM tokens JOIN users ON users.name = tokens.name AND version = user_version "
                "WHERE expires_at IS NULL OR expires_at > ? "
                "ORDER BY tokens.name, tokens.created_at",
                (self._clock(),),
            ).fetchall()
        return [Token(*row) for row in rows]

    def revoke(self, name: str, id: str) -> None:
        """End one of a user's by its id. Raises `InputError` when there is none."""
        with self._database.transaction() as connection:
            done = connection.execute("DELETE FROM tokens WHERE id = ? AND name = ?", (id, name))
            if not done.rowcount:
                raise InputError(f"{id}: there is no such token; see: flywheel users list")

    def principal(self, token: str) -> Principal | None:
        """Whose token this is; None when it is nobody's, or no longer."""
        now = self._clock()
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT tokens.id, users.name, role, tenant, used_at "
                "FROM tokens JOIN users ON users.name = tokens.name AND version = user_version "
                "WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?)",
                (_hash(token), now),
            ).fetchone()
        if row is None:
            return None
        if row["used_at"] is None or now - row["used_at"] >= _TOUCH_S:
            with self._database.transaction() as connection:
                connection.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (now, row["id"]))
        return make_principal(row["name"], Role(row["role"]), row["tenant"], "token")


def open_tokens(settings: Settings) -> Tokens:
    """The API tokens of a home."""
    return Tokens(open_database(settings))


def _hash(token: str) -> bytes:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
