"""Keyed hashes: the same thing is the same pseudonym, and nobody without the key can go back."""

import hashlib
import hmac

_MAX_BYTES = hashlib.sha256().digest_size


def keyed_hash(key: bytes, *parts: str, size: int = 16) -> str:
    """HMAC-SHA-256 over the parts, as `2 * size` hex digits.

    The first part names the domain ("user", "case", ...): equal values of two domains differ.
    Each part goes in with its length, so `("ab", "c")` and `("a", "bc")` differ. `size` is in
    bytes, 1 to 32.
    """
    if not parts or not 1 <= size <= _MAX_BYTES:
        raise ValueError(f"keyed_hash needs a domain and a size of 1 to {_MAX_BYTES} bytes")
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        mac.update(len(data).to_bytes(8, "big"))
        mac.update(data)
    return mac.digest()[:size].hex()


def user_key(key: bytes, user: str) -> str:
    """What is stored in place of a user's id."""
    return keyed_hash(key, "user", user)


def session_key(key: bytes, session: str) -> str:
    """What is stored in place of a session's id: real streams put the user's name into it."""
    return keyed_hash(key, "session", session)
