"""Keyed hashes: the same thing is the same pseudonym, and nobody without the key can go back."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from flywheel.scrub.accounts import find_ibans, find_ssns
from flywheel.scrub.contacts import find_emails, find_phones
from flywheel.scrub.credentials import find_secrets
from flywheel.scrub.found import Span
from flywheel.scrub.network import find_ips, find_urls

_IN_IDS: Final[tuple[Callable[[str], Iterator[Span]], ...]] = (
    find_emails, find_ibans, find_ips, find_phones, find_secrets, find_ssns, find_urls,
)  # fmt: skip
"""Not those told by one check digit alone: one in ten numeric ids would pass for a card."""

_SURE: Final = 0.9
_MAX_BYTES = hashlib.sha256().digest_size


def keyed_hash(key: bytes, *parts: str, size: int = 16) -> str:
    """HMAC-SHA-256 over the parts, as `2 * size` hex digits.

    The first part names the domain ("user", "case", ...): equal values of two domains differ.
    Each part goes in with its length, so `("ab", "c")` and `("a", "bc")` differ. `size` is in
    bytes, 1 to 32.
    """
    if not parts or not 1 <= size <= _MAX_BYTES:
        raise ValueError(f"keyed_hash needs a domain and a size of 1 to {_MAX_BYTES} bytes")
    coded = [part.encode("utf-8", "surrogatepass") for part in parts]
    message = b"".join([piece for data in coded for piece in (len(data).to_bytes(8, "big"), data)])
    return hmac.digest(key, message, "sha256")[:size].hex()


@lru_cache(maxsize=65536)
def user_key(key: bytes, user: str) -> str:
    """What is stored in place of a user's id."""
    return keyed_hash(key, "user", user)


@lru_cache(maxsize=65536)
def session_key(key: bytes, session: str) -> str:
    """What is stored in place of a session's id: real streams put the user's name into it."""
    return keyed_hash(key, "session", session)


@lru_cache(maxsize=65536)
def stored_id(key: bytes, id: str) -> str:
    """An id as it is stored: as it came, or a keyed pseudonym when it says who somebody is.

    That is an id of several words, or one that holds an address, an IBAN, a number with a plus, a
    token.
    Equal ids stay equal, so feedback still finds its interaction.
    """
    told = len(id.split()) > 1 or any(span.score >= _SURE for find in _IN_IDS for span in find(id))
    return f"id-{keyed_hash(key, 'id', id)}" if told else id
