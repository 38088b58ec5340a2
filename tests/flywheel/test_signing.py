"""A release that must be signed is served only when it is, and by the right key."""

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from flywheel.bank import sign_release
from flywheel.errors import ConfigError
from flywheel.signing import new_key, public_key, sign
from flywheel_client import Bank, ReleaseUnsigned
from flywheel_client.release import MANIFEST
from flywheel_client.signature import SIGNATURE, check_signature
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams


def _open(path: Path, *keys: str) -> Bank:
    return Bank.open(path, Trigrams(), public_key=keys, refresh_s=None)


def test_the_public_half_fits_the_private_one() -> None:
    """A pair is new each time, and 32 bytes in base64."""
    pair, other = new_key(), new_key()
    assert public_key(SecretStr(pair.private)) == pair.public != other.public
    assert len(base64.b64decode(pair.private)) == 32


def test_signed_releases_are_served_and_others_refused(tmp_path: Path) -> None:
    """Unsigned, signed by another, changed after signing, and no signature at all."""
    pair, other = new_key(), new_key()
    folder = tmp_path / publish(tmp_path, [example("a")])
    bank = _open(tmp_path, pair.public)
    assert isinstance(bank.problem, ReleaseUnsigned)
    assert bank.select("What?").ids == []
    assert bank.metrics()["refused_unsigned"] == 1
    sign_release(folder, SecretStr(other.private))
    assert not bank.refresh()
    sign_release(folder, SecretStr(pair.private))
    assert bank.refresh()
    assert bank.select("What?").ids == ["a"]
    assert _open(tmp_path).release == folder.name, "a client without a key does not ask"
    manifest = folder / MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert isinstance(_open(tmp_path, pair.public).problem, ReleaseUnsigned)


def test_keys_may_overlap(tmp_path: Path) -> None:
    """While one replaces the other a client knows both."""
    old, new = new_key(), new_key()
    folder = tmp_path / publish(tmp_path, [example("a")])
    sign_release(folder, SecretStr(old.private))
    assert _open(tmp_path, new.public, old.public).release == folder.name
    assert _open(tmp_path, new.public).release is None


@pytest.mark.parametrize("signature", [b"", b"no base64!", b"c2hvcnQ="])
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    """Whatever stands in the file."""
    with pytest.raises(ReleaseUnsigned, match="r1"):
        check_signature("r1", b"{}", signature, [new_key().public])


@pytest.mark.parametrize("key", ["", "secret", base64.b64encode(b"x" * 31).decode()])
def test_what_is_no_key_is_a_wrong_setting_and_never_shown(key: str) -> None:
    """One line that says how to make one."""
    with pytest.raises(ConfigError, match="flywheel release key") as caught:
        sign(b"{}", SecretStr(key))
    assert not key or key not in str(caught.value)


def test_signing_again_changes_nothing(tmp_path: Path) -> None:
    """Ed25519 gives the same signature each time: a file that is right is left alone."""
    key = SecretStr(new_key().private)
    folder = tmp_path / publish(tmp_path, [example("a")])
    sign_release(folder, key)
    before = (folder / SIGNATURE).stat().st_mtime_ns
    sign_release(folder, key)
    assert (folder / SIGNATURE).stat().st_mtime_ns == before
    sign_release(folder, None)
    assert sorted(path.name for path in folder.iterdir() if "sig" in path.name) == [SIGNATURE]
