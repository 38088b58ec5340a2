"""How often a password may be tried: by account and address, by address, across processes."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from flywheel.review.access.attempts import Attempts
from flywheel.review.access.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty file."""
    return Database(tmp_path / "access.sqlite")


def _tries(attempts: Attempts, account: str, address: str, most: int = 50) -> int:
    """How many attempts pass before the first wait."""
    for number in range(most):
        if attempts.wait(account, address):
            return number
    return most


def test_the_wait_grows(database: Database) -> None:
    """Each larger number of failures waits for a longer time."""
    attempts = Attempts(database, "2/minute; 4/hour; 6/day", "1000/day")
    assert _tries(attempts, "rosa", "10.0.0.1") == 2
    waits = [attempts.wait("rosa", "10.0.0.1")]
    for over in (("minute",), ("minute", "hour")):
        with database.transaction() as connection:
            for window in over:
                connection.execute("DELETE FROM attempts WHERE key LIKE ?", (f"%/{window}",))
        assert _tries(attempts, "rosa", "10.0.0.1") == 2, over
        waits.append(attempts.wait("rosa", "10.0.0.1"))
    assert 0 < waits[0] <= 60 < waits[1] <= 3600 < waits[2] <= 86_400


def test_who_waits_is_not_counted_on(database: Database) -> None:
    """Trying again while waiting puts the end off no further."""
    attempts = Attempts(database, "2/minute; 4/hour", "1000/day")
    for _ in range(10):
        attempts.wait("rosa", "10.0.0.1")
    with database.transaction() as connection:
        counts = [row[0] for row in connection.execute("SELECT count FROM attempts")]
    assert sorted(counts) == [2, 2, 2]


def test_accounts_and_addresses_are_counted_apart(database: Database) -> None:
    """The same address waits, whichever account it tries; from elsewhere no account is locked."""
    attempts = Attempts(database, "3/minute", "5/minute")
    assert _tries(attempts, "rosa", "10.0.0.1") == 3
    assert _tries(attempts, "sam", "10.0.0.1") == 2
    assert _tries(attempts, "lee", "10.0.0.2") == 3
    assert _tries(attempts, "ROSA", "10.0.0.1") == 0
    assert _tries(attempts, "ROSA", "10.0.0.3") == 3


def test_an_account_that_is_guessed_at_is_slowed_down(database: Database) -> None:
    """From wherever: not at once, ever more, never for so long that its owner gives up; until they
    are in."""
    attempts = Attempts(database)
    held = [attempts.delay("Rosa" if number % 2 else "rosa") for number in range(60)]
    assert held[:10] == [0.0] * 10 and 0 < held[10] < 1
    assert held == sorted(held) and held[-1] == held[-5] == 8.0
    assert Attempts(database).delay("rosa") == 8.0
    assert attempts.delay("sam") == 0.0
    attempts.succeeded("rosa", "10.0.0.2")
    assert attempts.delay("rosa") == 0.0


def test_one_success_does_not_clear_the_address(database: Database) -> None:
    """Who has an account of their own could else try all others' without end."""
    attempts = Attempts(database, "3/minute", "5/minute")
    _tries(attempts, "rosa", "10.0.0.1")
    attempts.succeeded("rosa", "10.0.0.1")
    assert _tries(attempts, "rosa", "10.0.0.1") == 2


def test_a_network_of_ipv6_addresses_is_one(database: Database) -> None:
    """A home has 2**64 of them; an IPv4 address in IPv6's clothes is the IPv4 address."""
    attempts = Attempts(database, "100/minute", "3/minute")
    passed = [attempts.wait(f"a{n}", f"2001:db8:1:2::{n}") == 0 for n in range(5)]
    assert passed == [True] * 3 + [False] * 2
    assert attempts.wait("b", "2001:db8:1:3::1") == 0
    for address in ("10.0.0.1", "::ffff:10.0.0.1", "10.0.0.1"):
        assert attempts.wait("c", address) == 0
    assert attempts.wait("c", "::ffff:10.0.0.1") > 0


def test_neither_names_nor_addresses_are_written(database: Database) -> None:
    """What is typed as a name may be a password."""
    Attempts(database).wait("my secret password", "203.0.113.9")
    held = b"".join(path.read_bytes() for path in database.path.parent.iterdir())
    assert b"my secret password" not in held
    assert b"203.0.113.9" not in held


def _try(path: str) -> int:
    return _tries(Attempts(Database(Path(path)), "20/hour", "1000/hour"), "rosa", "10.0.0.1")


def test_two_processes_count_together(database: Database) -> None:
    """The gate is as narrow with two servers as with one."""
    with get_context("spawn").Pool(2) as pool:
        passed = pool.map(_try, [str(database.path)] * 2)
    assert 18 <= sum(passed) <= 20


def test_what_limits_asks_of_a_storage(database: Database) -> None:
    """It can be checked and emptied."""
    attempts = Attempts(database, "1/minute", "1000/day")
    assert attempts.wait("rosa", "x") == 0
    storage = attempts._limiter.storage
    assert storage.check()
    assert storage.base_exceptions == ()
    assert storage.reset() == 2
    assert attempts.wait("rosa", "x") == 0
