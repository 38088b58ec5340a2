"""How often a password may be tried: the more failures, the longer the wait.

Counted by account and by address, in the database: a restart forgets nothing, and two processes
count together.
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

BY_ACCOUNT: Final = "5/minute; 10/15 minutes; 30/hour; 100/day"
BY_ADDRESS: Final = "20/minute; 60/15 minutes; 200/hour; 1000/day"
"""More, for a team may come from one address."""


class Attempts:
    """The gate in front of the passwords."""

    def __init__(
        self, database: Database, by_account: str = BY_ACCOUNT, by_address: str = BY_ADDRESS
    ) -> None:
        self._key = signing_key(database)
        self._limiter = FixedWindowRateLimiter(_Counters(database))
        self._by_account = parse_many(by_account)
        self._by_address = parse_many(by_address)

    def wait(self, account: str, address: str) -> int:
        """Count an attempt and give 0; or the seconds to wait, when it is one too many.

        It counts before the password is checked: attempts side by side must not all pass first.
        """
        account, address = self._names(account, address)
        pairs = [(limit, account) for limit in self._by_account]
        pairs += [(limit, address) for limit in self._by_address]
        full = [pair for pair in pairs if not self._limiter.test(*pair)]
        full = full or [pair for pair in pairs if not self._limiter.hit(*pair)]
        if not full:
            return 0
        reset = max(self._limiter.get_window_stats(*pair).reset_time for pair in full)
        return max(1, round(reset - time.time()))

    def succeeded(self, account: str, address: str) -> None:
        """Forget the account's failures.

        Not the address's: else who has one account could try the others' without end.
        """
        account, address = self._names(account, address)
        for limit in self._by_account:
            self._limiter.clear(limit, account)

    def _names(self, account: str, address: str) -> tuple[str, str]:
        """Keyed hashes: what is typed as a name may be a password."""
        return self._hash(f"account {fold(account)}"), self._hash(f"address {_net(address)}")

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
