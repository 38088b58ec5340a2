"""Writes releases and switches between them: whole folders, never half of one to see."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from pydantic import SecretStr

from flywheel.durable import sync_folder, write_synced
from flywheel.embed import get_embedder, name_of
from flywheel.errors import ReleaseError
from flywheel.release_files import bank_examples, build_files, content_id
from flywheel.settings import Settings
from flywheel.signing import sign
from flywheel_client import Bank, BankError, Embedder
from flywheel_client.embed import Vectors
from flywheel_client.release import (
    BANK,
    GOLDEN,
    MANIFEST,
    POINTER,
    Release,
    current_id,
    is_release_id,
    open_release,
    read_manifest,
)
from flywheel_client.signature import SIGNATURE
from flywheel_client.snapshot import Snapshot
from schemas.candidate import Target
from schemas.example import Example
from schemas.release import Manifest

_ASIDE: Final = ".aside-"
"""How the name of an unfinished folder begins: no reader follows it, the next writer removes it."""
_SHORTEST: Final = 4
"""Of an id, the least that stands for the whole: `release list` shows a parent's first eight."""


@contextmanager
def publishing(settings: Settings) -> Iterator[Path]:
    """The releases' folder, for one writer at a time across processes.

    Raises `ReleaseError` after `lock_timeout_s` seconds of waiting, or when it cannot be written.
    """
    releases = settings.releases_path
    lock = FileLock(releases / ".lock", timeout=settings.lock_timeout_s, mode=0o600)
    try:
        releases.mkdir(parents=True, exist_ok=True)
        lock.acquire(poll_interval=0.02)
    except Timeout:
        raise ReleaseError(
            f"{releases}: another process has been publishing for over "
            f"{settings.lock_timeout_s:g} s; wait for it"
        ) from None
    except OSError as error:
        raise ReleaseError(f"{releases}: cannot be written ({error.strerror})") from None
    try:
        yield releases
    finally:
        lock.release()


def write_release(
    releases: Path,
    examples: Sequence[Example],
    embedder: Embedder,
    *,
    parent: str | None,
    created_at: str,
    signing_key: SecretStr | None = None,
) -> Manifest:
    """Build the folder of these examples aside, then rename it into place; hold `publishing`.

    A whole folder of the same content is left as it is (a signature that it lacks is added); a
    damaged one is replaced. Vectors of questions that the parent has already are taken from there.

    Raises `ReleaseError` when the folder cannot be written, `ConfigError` for what is no key.
    """
    release_id = content_id(examples, name_of(embedder))
    folder = releases / release_id
    if is_whole(folder):
        sign_release(folder, signing_key)
        return load_manifest(releases, release_id)
    files = build_files(examples, embedder, _known_vectors(releases, parent, embedder))
    bank = sum(example.target is Target.BANK for example in examples)
    manifest = Manifest(
        id=release_id,
        parent=parent,
        created_at=created_at,
        golden=len(examples) - bank,
        bank=bank,
        embedder=name_of(embedder),
        files={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    )
    files[MANIFEST] = manifest.model_dump_json(indent=2).encode() + b"\n"
    if signing_key is not None:
        files[SIGNATURE] = sign(files[MANIFEST], signing_key)
    try:
        _place(releases, folder, files)
    except OSError as error:
        raise ReleaseError(f"{folder}: cannot be written ({error.strerror}); run again") from None
    return manifest


def sign_release(folder: Path, signing_key: SecretStr | None) -> None:
    """Put the key's signature beside the manifest, unless it is there already.

    Raises `ReleaseError`, `ConfigError` for what is no key.
    """
    if signing_key is None:
        return
    path = folder / SIGNATURE
    aside = folder.parent / f"{_ASIDE}{SIGNATURE}-{secrets.token_hex(4)}"
    try:
        signature = sign((folder / MANIFEST).read_bytes(), signing_key)  # the same each time
        if not path.exists() or path.read_bytes() != signature:
            write_synced(aside, signature)
            os.replace(aside, path)
    except OSError as error:
        raise ReleaseError(f"{path}: cannot be written ({error.strerror})") from None


def remove_release(releases: Path, release_id: str) -> None:
    """Delete a release's folder; hold `publishing`. Who has mapped it reads on."""
    aside = releases / f"{_ASIDE}old-{secrets.token_hex(4)}"
    with suppress(FileNotFoundError):
        (releases / release_id).rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def switch(releases: Path, release_id: str) -> None:
    """Make `current` name this release, in one step for every reader; hold `publishing`.

    Raises `ReleaseError` when the release is missing or damaged.
    """
    verify(releases, release_id)
    aside = releases / f"{_ASIDE}{POINTER}-{secrets.token_hex(4)}"
    try:
        write_synced(aside, f"{release_id}\n".encode())
        os.replace(aside, releases / POINTER)
        sync_folder(releases)
    except OSError as error:
        raise ReleaseError(f"{releases / POINTER}: cannot be written ({error.strerror})") from None


def is_whole(folder: Path) -> bool:
    """Whether the release is there and each file is what its manifest says."""
    try:
        read_manifest(folder).verify()
    except BankError:
        return False
    return True


def named_release(releases: Path, name: str | None) -> str:
    """The id of the release that a person names: by how it begins, or not at all (the current one).

    What names none is given back as it is. Raises `ReleaseError` for the beginning of several, and
    where no release is current.
    """
    if name is None:
        try:
            current = current_id(releases)
        except BankError as error:
            raise ReleaseError(f"{error}; see: flywheel release list") from None
        if current is None:
            raise ReleaseError("no release yet; next: flywheel promote")
        return current
    if len(name) < _SHORTEST or not releases.is_dir():
        return name
    names = [path.name for path in releases.iterdir() if path.name.startswith(name)]
    found = [one for one in names if is_release_id(one)]
    if len(found) > 1:
        raise ReleaseError(f"{name}: {len(found)} releases begin so; give more of the id")
    return found[0] if found else name


def verify(releases: Path, release_id: str) -> Release:
    """The release, every file checked; raises `ReleaseError`."""
    if not is_release_id(release_id):
        raise ReleaseError(f"{release_id!r} is not a release id; see: flywheel release list")
    try:
        release = read_manifest(releases / release_id)
        release.verify()
    except BankError as error:
        raise ReleaseError(str(error)) from None
    return release


def load_manifest(releases: Path, release_id: str) -> Manifest:
    """`manifest.json` of a release; raises `ReleaseError`."""
    if not is_release_id(release_id):
        raise ReleaseError(f"{release_id!r} is not a release id; see: flywheel release list")
    try:
        read_manifest(releases / release_id)
        return Manifest.model_validate_json((releases / release_id / MANIFEST).read_bytes())
    except BankError as error:
        raise ReleaseError(f"{error}; see: flywheel release list") from None
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"release {release_id}: its manifest cannot be read ({type(error).__name__})"
        ) from None


def read_golden(settings: Settings) -> list[Example]:
    """The golden set of the current release, by id, its hash checked.

    Raises `ReleaseError` when no release is published, or this one is damaged.
    """
    try:
        content = open_release(settings.releases_path).read(GOLDEN)
        return [Example.model_validate_json(line) for line in content.splitlines()]
    except BankError as error:
        raise ReleaseError(f"{error} (see: flywheel promote, flywheel release list)") from None
    except ValueError:
        raise ReleaseError("the golden set of the current release cannot be read") from None


def read_bank(settings: Settings, release_id: str | None = None) -> list[Example]:
    """The few-shot examples of a release (none: the current one), whole, by id.

    Raises `ReleaseError` as `read_golden`.
    """
    try:
        return bank_examples(open_release(_path_of(settings, release_id)).read(BANK))
    except BankError as error:
        raise ReleaseError(f"{error} (see: flywheel promote, flywheel release list)") from None
    except ValueError:
        raise ReleaseError("the bank of the release cannot be read") from None


def open_bank(settings: Settings, release_id: str | None = None) -> Bank:
    """The bank of a release (none: the current one), as production reads it; it stays on it.

    Raises `ReleaseError` when no release is published, or this one is missing or damaged.
    """
    path = _path_of(settings, release_id)
    try:
        return Bank.open(path, get_embedder(settings), strict=True, refresh_s=None)
    except BankError as error:
        raise ReleaseError(f"{error} (see: flywheel promote, flywheel release list)") from None


def _path_of(settings: Settings, release_id: str | None) -> Path:
    if release_id is None:
        return settings.releases_path
    verify(settings.releases_path, release_id)
    return settings.releases_path / release_id


def _known_vectors(releases: Path, parent: str | None, embedder: Embedder) -> dict[str, Vectors]:
    if parent is None:
        return {}
    try:
        bank = Snapshot.load(read_manifest(releases / parent), embedder)
    except BankError:
        return {}  # another embedder, or damaged: all are embedded anew
    return dict(zip(bank.questions(), bank.vectors, strict=True))


def _place(releases: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    _remove_leftovers(releases)
    aside = releases / f"{_ASIDE}{folder.name}-{secrets.token_hex(4)}"
    aside.mkdir()
    for name, content in files.items():
        write_synced(aside / name, content)
    sync_folder(aside)
    if folder.exists():  # damaged: a folder that is not empty cannot be renamed over
        folder.rename(releases / f"{_ASIDE}damaged-{secrets.token_hex(4)}")
    aside.rename(folder)
    sync_folder(releases)


def _remove_leftovers(releases: Path) -> None:
    """What a killed writer left; nobody else writes while the lock is held."""
    for path in releases.glob(f"{_ASIDE}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
