"""Users, their passwords and API tokens, and the file that holds them."""

import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from flywheel.errors import InputError, StoreError
from flywheel.review.access.database import Database, signing_key
from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Permission, Role
from flywheel.review.access.tokens import PREFIX, Tokens
from flywheel.review.access.users import Users
from tests.flywheel.review.access.conftest import CSRF, PASSWORD, Team


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty file."""
    return Database(tmp_path / "home" / "access.sqlite")


@pytest.fixture
def users(database: Database) -> Users:
    """Nobody yet."""
    return Users(database, Passwords())


def test_a_user_is_kept_as_given(users: Users) -> None:
    """With the name's own letters; found by any case."""
    users.add("Rosa", Role.LEAD, tenant="acme", login="rosa@example.com")
    found = users.find("ROSA")
    assert found
    assert (found.name, found.role, found.tenant) == ("Rosa", Role.LEAD, "acme")
    assert not found.has_password
    assert users.find_login("rosa@Example.com") == found
    assert users.find_login("rosa") is None, "they are called otherwise there"
    assert users.exist()
    assert [user.name for user in users.listed()] == ["Rosa"]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101, "a\x1b[31m", "\u202eevil"])
def test_a_name_fits_in_a_line(users: Users, name: str) -> None:
    """It stands in pages, logs and headers: no control character, no reversed text."""
    with pytest.raises(InputError, match="printable"):
        users.add(name, Role.REVIEWER)


def test_a_name_or_login_is_taken_once(users: Users) -> None:
    """In any case."""
    users.add("rosa", Role.REVIEWER, login="r@example.com")
    with pytest.raises(InputError, match="already"):
        users.add("ROSA", Role.ADMIN)
    with pytest.raises(InputError, match="already"):
        users.add("other", Role.ADMIN, login="R@example.com")


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "12 to 1024"), ("x" * 1025, "12 to 1024"), ("x" * 20, "guessed")],
)
def test_a_password_that_is_guessed_at_once_is_refused(
    users: Users, password: str, said: str
) -> None:
    """Without repeating it."""
    with pytest.raises(InputError, match=said) as error:
        users.add("rosa", Role.REVIEWER, password=password)
    assert password not in str(error.value)
    with pytest.raises(InputError, match="the name"):
        users.add("a-long-enough-name", Role.REVIEWER, password="A-long-enough-name")
    assert not users.exist()


def test_a_password_is_hashed_with_argon2(users: Users, database: Database) -> None:
    """Argon2id, salted: equal passwords look different, and no byte of one is in the file."""
    users.add("rosa", Role.REVIEWER, password=PASSWORD)
    users.add("sam", Role.REVIEWER, password=PASSWORD)
    with database.reading() as connection:
        rows = [row[0] for row in connection.execute("SELECT password FROM users")]
    assert len(set(rows)) == 2
    assert all(row.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for row in rows)
    held = b"".join(path.read_bytes() for path in database.path.parent.iterdir())
    assert PASSWORD.encode() not in held
    assert users.verify("rosa", PASSWORD)
    assert users.verify("rosa", PASSWORD + "x") is None


def test_a_weaker_hash_is_renewed_at_the_login(users: Users, database: Database) -> None:
    """Made with other parameters: the next login makes it as it is made today."""
    users.add("rosa", Role.REVIEWER, password=PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with database.transaction() as connection:
        connection.execute("UPDATE users SET password = ?", (weak,))
    assert users.verify("rosa", PASSWORD)
    with database.reading() as connection:
        assert connection.execute("SELECT password FROM users").fetchone()[0] != weak
    assert users.verify("rosa", PASSWORD)


def test_a_damaged_hash_lets_nobody_in(users: Users, database: Database) -> None:
    """And is no crash."""
    users.add("rosa", Role.REVIEWER, password=PASSWORD)
    with database.transaction() as connection:
        connection.execute("UPDATE users SET password = 'not a hash'")
    assert users.verify("rosa", PASSWORD) is None


def test_what_nobody_has_cannot_be_changed(users: Users) -> None:
    """Each says so, and where to look."""
    for change in (
        lambda: users.set_role("x", Role.LEAD, None),
        lambda: users.set_password("x", PASSWORD),
        lambda: users.remove("x"),
    ):
        with pytest.raises(InputError, match="flywheel users list"):
            change()


def test_the_file_is_its_owners_alone(database: Database, users: Users) -> None:
    """So are the files beside it; a copy that was restored for all is closed again."""
    users.add("rosa", Role.REVIEWER)
    names = {path.name for path in database.path.parent.iterdir()}
    assert "access.sqlite-wal" in names
    for path in database.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    database.path.chmod(0o644)
    Database(database.path)
    assert database.path.stat().st_mode & 0o777 == 0o600


def test_two_databases_of_one_file_have_one_key(database: Database) -> None:
    """A cookie of one process is good in the other."""
    assert signing_key(Database(database.path)) == signing_key(database)
    assert len(signing_key(database)) == 32


def test_a_file_of_another_kind_or_version_is_told(tmp_path: Path, database: Database) -> None:
    """In a line that quotes nothing of it."""
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"this is no database at all, but a longer text" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        Database(other)
    with sqlite3.connect(database.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(database.path)
    with pytest.raises(StoreError, match="cannot be made"):
        Database(other / "access.sqlite")


def _make(path: str) -> bytes:
    return signing_key(Database(Path(path)))


def test_several_processes_make_one_file(tmp_path: Path) -> None:
    """Started at the same moment on a new home: one key, no error, nothing left aside."""
    path = tmp_path / "home" / "access.sqlite"
    with get_context("spawn").Pool(4) as pool:
        keys = set(pool.map(_make, [str(path)] * 4, chunksize=1))
    assert keys == {signing_key(Database(path))}
    assert {file.name.split("-")[0] for file in path.parent.iterdir()} == {"access.sqlite"}


def _exist(path: str) -> bool:
    """A process that comes, looks and closes all that it opened."""
    return Users(Database(Path(path))).exist()


def test_another_of_one_process_takes_no_lock_away(database: Database) -> None:
    """POSIX drops a process's locks on a file when it closes any handle of it: none is opened.

    Else another process takes itself for the only one and removes the log under this one, whose
    next user nobody else gets to see.
    """
    Database(database.path)
    users = Users(database)
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(_exist, [str(database.path)]) is False
        users.add("rosa", Role.REVIEWER)
        assert pool.apply(_exist, [str(database.path)]) is True
        assert users.exist()


def test_an_error_rolls_back(database: Database, users: Users) -> None:
    """All of a transaction or none of it."""
    with pytest.raises(KeyError), database.transaction() as connection:
        connection.execute("DELETE FROM secrets")
        raise KeyError
    assert signing_key(database)


def test_a_token_is_its_users(team: Team) -> None:
    """With the user's own role and tenant, under the user's name; without any session."""
    token = team.access.tokens.make(team.access.users, "ines", "label-studio")
    assert token.startswith(PREFIX)
    principal = team.access.tokens.principal(token)
    assert principal
    assert (principal.name, principal.tenant, principal.kind) == ("ines", "acme", "token")
    assert principal.may(Permission.DECIDE)
    assert not principal.may(Permission.PUBLISH)
    headers = {"Authorization": f"Bearer {token}"}
    answer = team.visit().get("/", headers=headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_token_needs_no_form_token_and_no_cookie_helps_a_bad_one(team: Team) -> None:
    """No browser adds a token to another site's request; a wrong one is not overlooked."""
    token = team.access.tokens.make(team.access.users, "lena", "")
    headers = {"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "cross-site"}
    assert team.visit().post("/publish", headers=headers).status_code == 303
    wrong = {"Authorization": f"Bearer {token}x", "X-CSRF-Token": CSRF}
    assert team.enter("ada").post("/publish", headers=wrong).status_code == 401


def test_tokens_end(team: Team) -> None:
    """By themselves, one by one, and with their user's role."""
    users, tokens = team.access.users, team.access.tokens
    late = Tokens(users._database, clock=lambda: 4_000_000_000.0)
    good = [tokens.make(users, "rosa", f"t{n}", 90) for n in range(3)]
    assert tokens.principal(good[0])
    assert late.principal(good[0]) is None
    assert late.listed() == []
    [first, *_] = tokens.listed()
    assert first.used_at is not None
    tokens.revoke("rosa", first.id)
    with pytest.raises(InputError, match="no such token"):
        tokens.revoke("lena", tokens.listed()[0].id)
    assert tokens.principal(good[0]) is None
    assert tokens.principal(good[1])
    users.set_role("rosa", Role.LEAD, None)
    assert tokens.principal(good[1]) is None
    with pytest.raises(InputError, match="no such user"):
        tokens.make(users, "nobody", "")


def test_no_token_is_on_the_disk(team: Team) -> None:
    """What is stored proves nothing."""
    token = team.access.tokens.make(team.access.users, "rosa", "")
    assert team.access.tokens.principal(token)
    for path in team.access.users._database.path.parent.iterdir():
        if path.is_file():
            assert token.removeprefix(PREFIX).encode() not in path.read_bytes()
