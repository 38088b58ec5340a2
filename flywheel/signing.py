"""Ed25519 keys (RFC 8032): vouch for a release's manifest, and so for every file of it."""

import base64
from typing import Any

from pydantic import SecretStr

from flywheel.errors import ConfigError
from flywheel_client.signature import decode_key
from schemas.base import Record


class KeyPair(Record):
    """A new key: the private half signs, the public half is what clients are given."""

    private: str
    public: str


def new_key() -> KeyPair:
    """A key pair, each half 32 bytes in base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return KeyPair(private=_encode(key.private_bytes_raw()), public=_public(key))


def sign(manifest: bytes, key: SecretStr) -> bytes:
    """The content of `manifest.sig`; raises `ConfigError` for what is no key."""
    return _encode(_load(key).sign(manifest)).encode() + b"\n"


def public_key(key: SecretStr) -> str:
    """The public half; raises `ConfigError` for what is no key."""
    return _public(_load(key))


def _load(key: SecretStr) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        return Ed25519PrivateKey.from_private_bytes(decode_key(key.get_secret_value()))
    except ValueError as error:
        raise ConfigError(
            f"FLYWHEEL_RELEASE__SIGNING_KEY: {error}; make one with: flywheel release key"
        ) from None


def _public(key: Any) -> str:
    return _encode(key.public_key().public_bytes_raw())


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
