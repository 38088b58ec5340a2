"""Who may come in by name: users with their role, tenant and password."""

import re
import time
import unicodedata
from collections.abc import Callable
from secrets import randbits
from typing import Final, NamedTuple

from flywheel.errors import InputError
from flywheel.review.access.database import Connection, Database, Row, open_database
from flywheel.review.access.passwords import Passwords, check_password
from flywheel.review.access.permissions import Role
from flywheel.review.unseen import hides
from flywheel.settings import Settings

_LONGEST_NAME: Final = 100
_BLANK: Final = re.compile("[\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Of no width or empty in a name; emoji in texts need some of them."""
_COLUMNS: Final = "SELECT name, login, role, tenant, password, version, created_at FROM users "


class User(NamedTuple):
    """One user, without the password."""

    name: str
    login: str | None
    """What a provider or a proxy calls them, if not by their name."""
    role: Role
    tenant: str | None
    has_password: bool
    version: int
    """Changes with the password or the role: what began under another one has ended."""
    created_at: float


class Users:
    """The users of a home."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Without `passwords` none can be set or checked: making them takes a moment."""
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def add(
        self,
        name: str,
        role: Role,
        *,
        tenant: str | None = None,
        login: str | None = None,
        password: str | None = None,
    ) -> User:
        """A new user; without a password they come by a provider or a proxy.

        Raises `InputError` for a name that is taken, or that cannot be one.
        """
        name = check_name(name)
        stored = self._hash(name, password)
        row = (name, login, role, tenant, stored, _new_version(), self._clock())
        with self._database.transaction() as connection:
            taken = connection.execute(
                "SELECT 1 FROM users WHERE fold(name) = fold(:name) OR fold(login) = fold(:login)",
                {"name": name, "login": login},
            ).fetchone()
            done = connection.execute(
                "INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )
            if taken or not done.rowcount:
                raise InputError(f"{name}: there is such a user, or one with this login, already")
            _end(connection, name)  # somebody of this name may be in without being a user
        return self._known(name)

    def listed(self) -> list[User]:
        """All of them, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_COLUMNS} ORDER BY name").fetchall()
        return [_user(row) for row in rows]

    def exist(self) -> bool:
        """Whether there is any."""
        with self._database.reading() as connection:
            return connection.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None

    def find(self, name: str) -> User | None:
        """The user of this name."""
        row = self._row(name)
        return None if row is None else _user(row)

    def find_login(self, login: str) -> User | None:
        """The user whom a provider or a proxy calls so."""
        with self._database.reading() as connection:
            row = connection.execute(
                f"{_COLUMNS} WHERE fold(login) = fold(:login) "
                "OR (login IS NULL AND fold(name) = fold(:login)) "
                "ORDER BY login IS NULL",
                {"login": login},
            ).fetchone()
        return None if row is None else _user(row)

    def set_password(self, name: str, password: str) -> None:
        """Another password: sessions and tokens of before end. Raises `InputError`."""
        user = self._known(name)
        stored = self._hash(user.name, password)
        self._change("UPDATE users SET password = :password", user.name, password=stored)

    def set_role(self, name: str, role: Role, tenant: str | None) -> None:
        """Another role or tenant: sessions and tokens of before end. Raises `InputError`."""
        self._change(
            "UPDATE users SET role = :role, tenant = :tenant", name, role=role, tenant=tenant
        )

    def remove(self, name: str) -> None:
        """Take a user out; what they decided stays. Raises `InputError`."""
        with self._database.transaction() as connection:
            done = connection.execute("DELETE FROM users WHERE name = ?", (name,))
            if not done.rowcount:
                raise _unknown(name)
            _end(connection, name)

    def verify(self, name: str, password: str) -> User | None:
        """Who this is, by their password; as slow for a name that nobody has."""
        row = self._row(name)
        stored = row["password"] if row else None
        passwords = self._checker()
        if not passwords.verify(stored, password) or row is None:
            return None
        if stored and passwords.is_outdated(stored):
            with self._database.transaction() as connection:
                connection.execute(
                    "UPDATE users SET password = ? WHERE name = ? AND password = ?",
                    (passwords.hash(password), name, stored),
                )
        return _user(row)

    def _hash(self, name: str, password: str | None) -> str | None:
        if password is None:
            return None
        check_password(name, password)
        return self._checker().hash(password)

    def _checker(self) -> Passwords:
        if self._passwords is None:
            self._passwords = Passwords()
        return self._passwords

    def _change(self, statement: str, name: str, **values: str | None) -> None:
        """`statement` is one of this module's own; values are bound."""
        bound = {"name": name, "version": _new_version(), **values}
        with self._database.transaction() as connection:
            done = connection.execute(f"{statement}, version = :version WHERE name = :name", bound)
            if not done.rowcount:
                raise _unknown(name)
            _end(connection, name)

    def _known(self, name: str) -> User:
        user = self.find(name)
        if user is None:
            raise _unknown(name)
        return user

    def _row(self, name: str) -> Row | None:
        with self._database.reading() as connection:
            row: Row | None = connection.execute(
                f"{_COLUMNS} WHERE fold(name) = fold(?)", (name,)
            ).fetchone()
        return row


def open_users(settings: Settings) -> Users:
    """The users of a home."""
    return Users(open_database(settings))


def check_name(name: str) -> str:
    """The name as it is kept. Raises `InputError` for one that cannot be shown in a line."""
    name = unicodedata.normalize("NFC", name.strip())
    if not is_name(name):
        raise InputError(f"a name of 1 to {_LONGEST_NAME} printable characters is needed")
    return name


def is_name(text: str) -> bool:
    """Whether it can be shown in a line, and nothing of it is unseen: else two look like one."""
    is_seen = text.isprintable() and not hides(text) and not _BLANK.search(text)
    return 0 < len(text) <= _LONGEST_NAME and bool(text.strip()) and is_seen


def _end(connection: Connection, name: str) -> None:
    connection.execute(
        "DELETE FROM sessions WHERE fold(name) = fold(?) AND kind <> 'link'", (name,)
    )
    connection.execute("DELETE FROM tokens WHERE name = ?", (name,))


def _new_version() -> int:
    """Random: a user who is removed and added again is another one."""
    return randbits(62)


def _unknown(name: str) -> InputError:
    return InputError(f"{name}: there is no such user; see: flywheel users list")


def _user(row: Row) -> User:
    return User(
        name=row["name"],
        login=row["login"],
        role=Role(row["role"]),
        tenant=row["tenant"],
        has_password=row["password"] is not None,
        version=row["version"],
        created_at=row["created_at"],
    )
