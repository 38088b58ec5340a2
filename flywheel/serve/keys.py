"""Who may ask: API keys, each of a tenant or of all."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from flywheel.errors import ConfigError

ALL: Final = "*"
"""The tenant of a key that sees every tenant's examples."""
_SHORTEST: Final = 16


@dataclass(frozen=True)
class Caller:
    """Who a request is from."""

    tenant: str | None
    """Whose examples it may see, besides those that are shared; none: everybody's."""


class Keys:
    """The keys of the settings, as hashes."""

    def __init__(self, keys: Mapping[str, SecretStr]) -> None:
        """Tenant to key; several of one tenant, separated by a space, let a key be replaced.

        Raises `ConfigError` for a short key, or one key of two tenants.
        """
        self._tenants: dict[bytes, str] = {}
        for tenant, secret in keys.items():
            for key in secret.get_secret_value().split() or [""]:
                if len(key) < _SHORTEST:
                    raise ConfigError(
                        f"FLYWHEEL_SERVE__API_KEYS, {tenant}: {_SHORTEST} characters or more "
                        "are needed"
                    )
                if self._tenants.setdefault(_hash(key), tenant) != tenant:
                    raise ConfigError(
                        f"FLYWHEEL_SERVE__API_KEYS, {tenant}: another tenant has this key"
                    )

    def __bool__(self) -> bool:
        """Whether a key is needed."""
        return bool(self._tenants)

    def caller(self, key: str | None) -> Caller | None:
        """Who has this key; none: nobody.

        Compares hashes of one length with all keys, each in constant time: how long it takes
        tells nothing about a key.
        """
        if not self._tenants:
            return Caller(None)
        given = _hash(key or "")
        found = [t for known, t in self._tenants.items() if hmac.compare_digest(known, given)]
        if not found:
            return None
        return Caller(None if found[0] == ALL else found[0])


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
