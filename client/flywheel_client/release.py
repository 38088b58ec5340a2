"""Finds a release folder and reads its files, each checked against the manifest's hash."""

import hashlib
import json
import mmap
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flywheel_client.errors import ReleaseDamaged, ReleaseMissing, ReleaseTooNew
from flywheel_client.signature import SIGNATURE, check_signature

SCHEMA_VERSION: Final = 2
"""Version 1 had bank.parquet alone, without rows and filters beside it; it is still read."""
POINTER: Final = "current"
"""A file that holds the id of the release to read. A file, not a symbolic link: `os.replace`
switches it in one step on every system, it needs no privilege on Windows, and an object store
can hold it too."""
MANIFEST: Final = "manifest.json"
GOLDEN: Final = "golden.jsonl"
BANK: Final = "bank.parquet"
VECTORS: Final = "vectors.npy"
INDEX: Final = "index.usearch"

MAP_FROM: Final = 16 * 2**20
"""A file of this size is mapped: processes share it. A smaller one is read: then not even a
writer that truncates it in place, which none of ours does, can hurt a reader."""
Buffer = bytes | memoryview

_ID = re.compile(r"[0-9a-z]{8,64}", re.ASCII)


@dataclass(frozen=True)
class Release:
    """A release folder and what its manifest says about it."""

    path: Path
    id: str
    schema_version: int
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
        return bytes(self.load([name])[name])

    def load(self, names: Sequence[str]) -> dict[str, Buffer]:
        """The files, small ones read and large ones mapped, each hashed as it will be used.

        Raises `ReleaseDamaged` when one is gone or its hash differs.
        """
        expected = {name: self._expected(name) for name in names}
        loaded = {name: self._content(name) for name in names}
        if sum(map(len, loaded.values())) < MAP_FROM:
            hashes = [hashlib.sha256(content).hexdigest() for content in loaded.values()]
        else:  # hashing lets go of the interpreter: a gigabyte takes half as long on two cores
            # The largest first: else the last core would be at it alone, for a third of the time.
            loaded = dict(sorted(loaded.items(), key=lambda item: -len(item[1])))
            with ThreadPoolExecutor(os.cpu_count(), "flywheel-hash") as pool:
                hashes = list(pool.map(_sha256, loaded.values()))
        for name, found in zip(loaded, hashes, strict=True):
            if found != expected[name]:
                raise ReleaseDamaged(
                    f"release {self.id}: {name} has SHA-256 {found[:12]}…, the manifest says "
                    f"{expected[name][:12]}…; restore the folder or roll back"
                )
        return loaded

    def _expected(self, name: str) -> str:
        expected = self.files.get(name)
        if expected is None:
            raise ReleaseDamaged(f"release {self.id}: the manifest lists no {name}")
        return expected

    def _content(self, name: str) -> Buffer:
        try:
            with (self.path / name).open("rb") as file:
                content = file.read(MAP_FROM)
                if len(content) < MAP_FROM:
                    return content
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:  # ValueError: emptied between the two
            raise ReleaseDamaged(
                f"release {self.id}: {name} cannot be read ({type(error).__name__})"
            ) from None

    def verify(self) -> None:
        """Check every file that the manifest lists; raises `ReleaseDamaged`."""
        self.load(sorted({GOLDEN, BANK, VECTORS, *self.files}))


def _sha256(content: Buffer) -> str:
    return hashlib.sha256(content).hexdigest()


def is_release_id(text: str) -> bool:
    """Whether this can be an id: never a path out of the folder."""
    return _ID.fullmatch(text) is not None


def current_id(releases: Path) -> str | None:
    """The id that `current` names; none when nothing was published yet.

    Raises `ReleaseDamaged` when the pointer holds something else than an id.
    """
    try:
        content = (releases / POINTER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ReleaseDamaged(
            f"{releases / POINTER}: cannot be read ({type(error).__name__})"
        ) from None
    return parse_pointer(content, str(releases / POINTER))


def parse_pointer(content: bytes, place: str) -> str:
    """The id that a pointer's bytes hold; raises `ReleaseDamaged` for anything else."""
    try:
        text = content.decode("ascii").strip()
    except ValueError:
        text = ""
    if not is_release_id(text):
        raise ReleaseDamaged(f"{place}: holds no release id; switch it again")
    return text


def open_release(path: Path, public_keys: Sequence[str] = ()) -> Release:
    """The release that `path` is, or that its `current` names; its files are not read yet.

    Raises `ReleaseMissing`, `ReleaseDamaged`, `ReleaseUnsigned` or `ReleaseTooNew`.
    """
    if is_release_folder(path):
        return _load(path, public_keys)  # copied somewhere, perhaps under another name
    release_id = current_id(path)
    if release_id is None:
        raise ReleaseMissing(f"{path}: no release is published here yet")
    return read_manifest(path / release_id, public_keys)


def is_release_folder(path: Path) -> bool:
    """Whether it is one release, and not a folder of many with a pointer."""
    return (path / MANIFEST).exists()


def read_manifest(folder: Path, public_keys: Sequence[str] = ()) -> Release:
    """The release in `folder`, whose name has to be its id.

    Raises `ReleaseMissing`, `ReleaseDamaged`, `ReleaseUnsigned` or `ReleaseTooNew`.
    """
    if not folder.is_dir():
        raise ReleaseMissing(f"{folder}: there is no such release")
    release = _load(folder, public_keys)
    if release.id != folder.name:
        raise ReleaseDamaged(f"release {folder.name}: its manifest is of release {release.id}")
    return release


def _load(folder: Path, public_keys: Sequence[str]) -> Release:
    try:
        content = (folder / MANIFEST).read_bytes()
        if public_keys:
            check_signature(folder.name, content, _signature(folder), public_keys)
        return parse_manifest(folder, content)
    except OSError as error:
        raise ReleaseDamaged(
            f"release {folder.name}: its manifest cannot be read ({type(error).__name__})"
        ) from None


def _signature(folder: Path) -> bytes | None:
    try:
        return (folder / SIGNATURE).read_bytes()
    except FileNotFoundError:
        return None


def parse_manifest(folder: Path, content: bytes) -> Release:
    """What a manifest says of the release in `folder`.

    Raises `ReleaseDamaged` or `ReleaseTooNew`.
    """
    try:
        manifest: dict[str, Any] = json.loads(content)
        version = int(manifest["schema_version"])
        if version > SCHEMA_VERSION:
            raise ReleaseTooNew(
                f"release {folder.name}: format {version}, this client knows {SCHEMA_VERSION}; "
                "upgrade flywheel-client"
            )
        return _parse(folder, version, manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseDamaged(
            f"release {folder.name}: its manifest cannot be read ({type(error).__name__})"
        ) from None


def _parse(folder: Path, version: int, manifest: dict[str, Any]) -> Release:
    embedder = manifest["embedder"]
    files = {str(name): str(sha256) for name, sha256 in manifest["files"].items()}
    if any("/" in name or "\\" in name or name.startswith(".") for name in files):
        raise ValueError("a file outside the folder")
    if not is_release_id(manifest["id"]):
        raise ValueError("no id of a release")
    return Release(
        path=folder,
        id=manifest["id"],
        schema_version=version,
        golden=int(manifest["golden"]),
        bank=int(manifest["bank"]),
        embedder=str(embedder["name"]),
        embedder_version=str(embedder["version"]),
        dimensions=int(embedder["dimensions"]),
        files=files,
    )
