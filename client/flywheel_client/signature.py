"""Ed25519 signatures of manifests (RFC 8032), made by `cryptography` where a key is configured."""

import base64
import binascii
from collections.abc import Sequence
from typing import Final

from flywheel_client.errors import ExtraMissing, ReleaseUnsigned

SIGNATURE: Final = "manifest.sig"
"""Beside the manifest and over its exact bytes: no canonical form of JSON has to be agreed on.
The manifest has the hash of every file, so this one signature vouches for them all."""


def check_signature(
    release: str, manifest: bytes, signature: bytes | None, public_keys: Sequence[str]
) -> None:
    """Hold a manifest against its signature; one of the keys (base64, 32 bytes) has to fit.

    Raises `ReleaseUnsigned`, `ExtraMissing` without the extra, `ValueError` for what is no key.
    """
    if signature is None:
        raise ReleaseUnsigned(f"release {release}: it is not signed, and a key is configured")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise ExtraMissing(
            "signatures cannot be checked: pip install 'flywheel-client[signed]'"
        ) from None
    try:
        raw = base64.b64decode(signature.strip(), validate=True)
    except binascii.Error:
        raise ReleaseUnsigned(f"release {release}: its signature is not base64") from None
    for key in public_keys:
        try:
            Ed25519PublicKey.from_public_bytes(decode_key(key)).verify(raw, manifest)
            return
        except InvalidSignature:
            continue  # keys overlap while one replaces the other
    raise ReleaseUnsigned(f"release {release}: its signature is of another key or manifest")


def decode_key(key: str) -> bytes:
    """The 32 bytes of a key in base64; raises `ValueError`, which never quotes it."""
    try:
        raw = base64.b64decode(key.strip(), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 32:
        raise ValueError("an Ed25519 key is 32 bytes in base64 (44 characters)")
    return raw
