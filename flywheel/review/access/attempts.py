"""How often a password may be tried: the more failures, the longer the wait.

Who guesses is refused by the address they come from, for each account and in all. An account itself
is never locked, or whoever guesses could keep its owner out: its logins are slowed down, wherever
they come from (OWASP, Authentication Cheat Sheet, "Account Lockout"). All is counted in the
database: a restart forgets nothing, and two processes count together.
"""

import hmac
import time
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from limits import parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from flywheel.people import fold
from flywheel.review.access.database import Database, signing_key

BY_PAIR: Final = "5/minute; 10/15 minutes; 30/hour; 100/day"
"""Of one account from one address."""
BY_ADDRESS: Final = "20/minute; 60/15 minutes; 200/hour; 1000/day"
"""More, for a team may come from one address."""

_AT_ONCE: Final = 10
"""Failures of an account within an hour, from wherever, that slow nothing down."""
_DOUBLES_BY: Final = 5
_LONGEST_S: Final = 8.0
"""A person with the right password waits no longer."""


class Attempts:
    """The gate in front of the passwords."""

    def __init__(
        self, database: Database, by_pair: str = BY_PAIR, by_address: str = BY_ADDRESS
    ) -> None:
        self._key = signing_key(database)
        self._counters = _Counters(database)
        self._limiter = FixedWindowRateLimiter(self._counters)
        self._by_pair = parse_many(by_pair)
        self._by_address = parse_many(by_address)

    def wait(self, account: str, address: str) -> int:
        """Count an attempt and give 0; or the seconds to wait, when it is one too many.

        It counts before the password is checked: attempts side by side must not all pass first.
        """
        pair, address = self._names(account, address)
        pairs = [(limit, pair) for limit in self._by_pair]
        pairs += [(limit, address) for limit in self._by_address]
        full = [pair for pair in pairs if not self._limiter.test(*pair)]
        full = full or [pair for pair in pairs if not self._limiter.hit(*pair)]
        if not full:
            return 0
        reset = max(self._limiter.get_window_stats(*pair).reset_time for pair in full)
        return max(1, round(reset - time.time()))

    def delay(self, account: str) -> float:
        """Count an attempt that was not refused; the seconds to hold it before it is looked at.

        Many side by side are held side by side: what bounds them is `wait`.
        """
        over = self._counters.incr(self._account(account), 3600) - _AT_ONCE
        return 0.0 if over <= 0 else min(_LONGEST_S, 0.25 * 2 ** (over / _DOUBLES_BY))

    def succeeded(self, account: str, address: str) -> None:
        """Forget the account's failures, from here and in all.

        Not the address's: else who has one account could try the others' without end.
        """
        pair, _ = self._names(account, address)
        for limit in self._by_pair:
            self._limiter.clear(limit, pair)
        self._counters.clear(self._account(account))

    def _names(self, account: str, address: str) -> tuple[str, str]:
        """Keyed hashes: what is typed as a name may be a password."""
        net = _net(address)
        return self._hash(f"pair {net} {fold(account)}"), self._hash(f"address {net}")

    def _account(self, account: str) -> str:
        return self._hash(f"account {fold(account)}")

    def _hash(self, value: str) -> str:
        return hmac.new(self._key, value.encode("utf-8", "replace"), sha256).hexdigest()


class _Counters(Storage):
    """What `limits` counts with, in the database. (Its own storages are memory or servers.)"""

    STORAGE_SCHEME = None

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """None to be wrapped: the database's own errors say what is wrong."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; an expired counter begins anew."""
        now = time.time()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE expires_at <= ?", (now,))
            row = connection.execute(
                "INSERT INTO attempts VALUES (:key, :amount, :expires) "
                "ON CONFLICT (key) DO UPDATE SET count = count + :amount RETURNING count",
                {"key": key, "amount": amount, "expires": now + expiry},
            ).fetchone()
        return int(row["count"])

    def get(self, key: str) -> int:
        """The count."""
        return int(self._read(key)[0])

    def get_expiry(self, key: str) -> float:
        """When it begins anew."""
        return self._read(key)[1]

    def check(self) -> bool:
        """Whether it can be asked."""
        self._read("")
        return True

    def reset(self) -> int:
        """Forget all."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM attempts").rowcount

    def clear(self, key: str) -> None:
        """Forget one counter."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM attempts WHERE key = ?", (key,))

    def _read(self, key: str) -> tuple[int, float]:
        now = time.time()
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT count, expires_at FROM attempts WHERE key = ? AND expires_at > ?",
                (key, now),
            ).fetchone()
        return (row["count"], row["expires_at"]) if row else (0, now)


def _net(address: str) -> str:
    """One home has many IPv6 addresses: the network that a provider gives out counts as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(parsed.ipv4_mapped or int(parsed) >> 64)
