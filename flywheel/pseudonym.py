"""Keyed hashes: the same thing is the same pseudonym, and nobody without the key can go back."""

import hashlib
import hmac
import re
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

_OPAQUE: Final = re.compile(
    r"(?!(?:.*-)?00)(?!.*\d-\d\d-\d)[\w-]{1,14}"
    r"|(?!00|[a-f]{2}\d\d)[0-9a-f]{15,64}"
    r"|(?!(?:.*-)?(?:00|[a-f]{2}\d\d))[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.ASCII,
)
"""Short names, hexadecimal numbers and UUIDs in which none of `_IN_IDS` can find anything: most ids
are one of these, and looking through each costs more than to parse its event."""

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
    return hash_framed(key, frame(*parts), size=size)


def frame(*parts: str) -> bytes:
    """The parts, each behind its length: what frames of some parts and of others add up to is the
    frame of all."""
    coded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([piece for data in coded for piece in (len(data).to_bytes(8, "big"), data)])


def hash_framed(key: bytes, framed: bytes, *, size: int = 16) -> str:
    """`keyed_hash` of parts that were framed before: of those that several hashes share."""
    return hmac.digest(key, framed, "sha256")[:size].hex()


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
    return f"id-{keyed_hash(key, 'id', id)}" if not _OPAQUE.fullmatch(id) and _tells(id) else id


def _tells(id: str) -> bool:
    """Whether an id says who somebody is."""
    return len(id.split()) > 1 or any(span.score >= _SURE for find in _IN_IDS for span in find(id))
