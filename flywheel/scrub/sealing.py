"""The operator `encrypt`: what its owner, and nobody else, can read again."""

import base64
import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from flywheel.errors import ConfigError
from flywheel.scrub.placeholders import PLACEHOLDER

_LEAST: Final = 16


class Seal:
    """Encrypts values with AES-SIV (RFC 5297), whose ciphertext is the same for the same value.

    Presidio's own `encrypt` draws a random vector each time: one person would be another
    placeholder at every mention, and two equal texts two.
    """

    def __init__(self, key: str) -> None:
        if len(key) < _LEAST:
            raise ConfigError(
                f"FLYWHEEL_SCRUB__ENCRYPTION_KEY: {_LEAST} characters or more are needed"
            )
        derived = hashlib.blake2b(key.encode(), digest_size=64, person=b"scrub-encrypt").digest()
        self._cipher = AESSIV(derived)

    def close(self, type: str, value: str) -> str:
        """`<TYPE_enc_...>`, bound to its type."""
        sealed = self._cipher.encrypt(value.encode(), [type.encode()])
        return f"<{type}_enc_{base64.b32encode(sealed).decode().lower().rstrip('=')}>"

    def open(self, type: str, sealed: str) -> str | None:
        """The value as it was written; None for what another key, or nobody, encrypted."""
        padded = sealed.upper() + "=" * (-len(sealed) % 8)
        try:
            return self._cipher.decrypt(base64.b32decode(padded), [type.encode()]).decode()
        except (InvalidTag, ValueError):
            return None


def unseal(text: str, key: str) -> str:
    """A scrubbed text with every value of the operator `encrypt` back in its place.

    `key` is FLYWHEEL_SCRUB__ENCRYPTION_KEY as it was then; what it does not open stays as it is.
    """
    seal = Seal(key)
    return PLACEHOLDER.sub(
        lambda m: (seal.open(m["type"], m["sealed"]) if m["sealed"] else None) or m[0], text
    )
