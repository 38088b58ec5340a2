"""Finds a release folder and reads its files, each checked against the manifest's hash."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flywheel_client.errors import ReleaseDamaged, ReleaseMissing, ReleaseTooNew

SCHEMA_VERSION: Final = 1
POINTER: Final = "current"
"""A file that holds the id of the release to read. A file, not a symbolic link: `os.replace`
switches it in one step on every system, it needs no privilege on Windows, and an object store
can hold it too."""
MANIFEST: Final = "manifest.json"
GOLDEN: Final = "golden.jsonl"
BANK: Final = "bank.parquet"
VECTORS: Final = "vectors.npy"

_ID = re.compile(r"[0-9a-z]{8,64}", re.ASCII)


@dataclass(frozen=True)
class Release:
    """A release folder and what its manifest says about it."""

    path: Path
    id: str
    golden: int
    bank: int
    embedder: str
    embedder_version: str
    dimensions: int
    files: dict[str, str]
    """File name to SHA-256."""

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises `ReleaseDamaged` when it is gone or its hash differs.
        """
        expected = self.files.get(name)
        if expected is None:
            raise ReleaseDamaged(f"release {self.id}: the manifest lists no {name}")
        try:
            content = (self.path / name).read_bytes()
        except OSError as error:
            raise ReleaseDamaged(
                f"release {self.id}: {name} cannot be read ({type(error).__name__})"
            ) from None
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise ReleaseDamaged(
                f"release {self.id}: {name} has SHA-256 {found[:12]}…, the manifest says "
                f"{expected[:12]}…; restore the folder or roll back"
            )
        return content

    def verify(self) -> None:
        """Check every file that the manifest lists; raises `ReleaseDamaged`."""
        for name in (GOLDEN, BANK, VECTORS):
            self.read(name)


def is_release_id(text: str) -> bool:
    """Whether this can be an id: never a path out of the folder."""
    return _ID.fullmatch(text) is not None


def current_id(releases: Path) -> str | None:
    """The id that `current` names; none when nothing was published yet.

    Raises `ReleaseDamaged` when the pointer holds something else than an id.
    """
    try:
        text = (releases / POINTER).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ReleaseDamaged(
            f"{releases / POINTER}: cannot be read ({type(error).__name__})"
        ) from None
    if not is_release_id(text):
        raise ReleaseDamaged(f"{releases / POINTER}: holds no release id; switch it again")
    return text


def open_release(path: Path) -> Release:
    """The release that `path` is, or that its `current` names; its files are not read yet.

    Raises `ReleaseMissing`, `ReleaseDamaged` or `ReleaseTooNew`.
    """
    if (path / MANIFEST).exists():
        return _load(path)  # copied somewhere, perhaps under another name
    release_id = current_id(path)
    if release_id is None:
        raise ReleaseMissing(f"{path}: no release is published here yet")
    return read_manifest(path / release_id)


def read_manifest(folder: Path) -> Release:
    """The release in `folder`, whose name has to be its id.

    Raises `ReleaseMissing`, `ReleaseDamaged` or `ReleaseTooNew`.
    """
    if not folder.is_dir():
        raise ReleaseMissing(f"{folder}: there is no such release")
    release = _load(folder)
    if release.id != folder.name:
        raise ReleaseDamaged(f"release {folder.name}: its manifest is of release {release.id}")
    return release


def _load(folder: Path) -> Release:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        version = manifest["schema_version"]
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise ReleaseTooNew(
                f"release {folder.name}: format {version}, this client knows {SCHEMA_VERSION}; "
                "upgrade flywheel-client"
            )
        return _parse(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseDamaged(
            f"release {folder.name}: its manifest cannot be read ({type(error).__name__})"
        ) from None


def _parse(folder: Path, manifest: dict[str, Any]) -> Release:
    embedder = manifest["embedder"]
    return Release(
        path=folder,
        id=str(manifest["id"]),
        golden=int(manifest["golden"]),
        bank=int(manifest["bank"]),
        embedder=str(embedder["name"]),
        embedder_version=str(embedder["version"]),
        dimensions=int(embedder["dimensions"]),
        files={str(name): str(sha256) for name, sha256 in manifest["files"].items()},
    )
