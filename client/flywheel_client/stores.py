"""Where releases lie, and how one of them gets to where it can be mapped."""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from flywheel_client.errors import ReleaseMissing, StoreUnreachable
from flywheel_client.release import (
    GOLDEN,
    MANIFEST,
    current_id,
    is_release_folder,
    is_release_id,
    open_release,
    parse_manifest,
)
from flywheel_client.signature import SIGNATURE

ALONE: Final = "."
"""What the pointer of a folder names that is itself the one release."""

_LAST_GOOD: Final = "last-good"
_PARTIAL: Final = ".partial-"
_KEPT: Final = 2
"""Releases in a cache: the last good one, and the one before, which others may still load."""


class Store(Protocol):
    """Releases under one pointer."""

    def pointer(self) -> str:
        """The id of the current release.

        Raises `ReleaseMissing`, `ReleaseDamaged` or `StoreUnreachable`.
        """

    def fetch(self, release_id: str) -> Path:
        """A local folder with what a client reads of this release; nothing is checked yet.

        Raises `ReleaseMissing`, `ReleaseDamaged` or `StoreUnreachable`.
        """

    def fingerprint(self, release_id: str) -> Hashable:
        """Changes when what `fetch` gives may have changed; none: nobody knows."""

    def discard(self, release_id: str) -> None:
        """What was fetched turned out damaged: fetch it anew next time."""

    def keep(self, release_id: str) -> None:
        """What was fetched is good: serve it when the store is down."""

    def last_good(self) -> Path | None:
        """The folder that was kept last, if any."""


class LocalStore:
    """A folder on disk; its releases are read where they lie."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pointer(self) -> str:
        """The id in `current`, or that of the one release that the folder is."""
        if is_release_folder(self._path):
            return ALONE
        release_id = current_id(self._path)
        if release_id is None:
            raise ReleaseMissing(f"{self._path}: no release is published here yet")
        return release_id

    def fetch(self, release_id: str) -> Path:
        """The release's own folder."""
        return self._path / release_id

    def fingerprint(self, release_id: str) -> Hashable:
        """Names, sizes and times of the files."""
        try:
            files = sorted((self._path / release_id).iterdir())
            stats = [(file.name, file.stat()) for file in files]
        except OSError:
            return ()
        return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)

    def discard(self, release_id: str) -> None:
        """Nothing: the folder belongs to its publisher."""

    def keep(self, release_id: str) -> None:
        """Nothing: it lies on this machine already."""

    def last_good(self) -> Path | None:
        """None: there is no copy."""
        return None


class Source(Protocol):
    """What a cache is filled from."""

    @property
    def name(self) -> str:
        """Its address, as messages show it."""

    def pointer(self) -> str:
        """The id of the current release; raises as `Store.pointer`."""

    def download(self, release_id: str, name: str, into: Path) -> bool:
        """Write one file of a release there; false when there is none.

        Raises `StoreUnreachable`.
        """


class CachedStore:
    """Releases from elsewhere, copied to this machine before they are mapped.

    Processes share the folder: each copies aside and renames, who comes second uses the first's.
    """

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder

    def pointer(self) -> str:
        """What the source's pointer names."""
        return self._source.pointer()

    def fetch(self, release_id: str) -> Path:
        """The cached copy, made now when there is none."""
        folder = self._folder / release_id
        if folder.is_dir():
            return folder
        aside = self._folder / f"{_PARTIAL}{release_id}-{secrets.token_hex(4)}"
        try:
            aside.mkdir(parents=True, mode=0o700)
            self._download(release_id, aside)
            with suppress(OSError):  # another process was faster
                aside.rename(folder)
        except OSError as error:
            raise StoreUnreachable(
                f"{self._folder}: the cache cannot be written ({error.strerror})"
            ) from None
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        return folder

    def _download(self, release_id: str, aside: Path) -> None:
        if not self._source.download(release_id, MANIFEST, aside / MANIFEST):
            raise ReleaseMissing(f"{self._source.name}: there is no release {release_id}")
        self._source.download(release_id, SIGNATURE, aside / SIGNATURE)
        release = parse_manifest(aside, (aside / MANIFEST).read_bytes())
        # The golden set is none of production's business.
        for name in sorted(release.files.keys() - {GOLDEN}):
            if not self._source.download(release_id, name, aside / name):
                raise ReleaseMissing(f"{self._source.name}: {release_id} has no {name} yet")

    def fingerprint(self, release_id: str) -> Hashable:
        """That of the copy; none without one: then the source is asked again each time."""
        return LocalStore(self._folder).fingerprint(release_id) or None

    def discard(self, release_id: str) -> None:
        """Remove the copy."""
        shutil.rmtree(self._folder / release_id, ignore_errors=True)

    def keep(self, release_id: str) -> None:
        """Note it as the last good one, and remove older ones; a full disk stops nothing."""
        with suppress(OSError):
            aside = self._folder / f"{_PARTIAL}{secrets.token_hex(4)}"
            aside.write_text(release_id, "ascii")
            os.replace(aside, self._folder / _LAST_GOOD)
            os.utime(self._folder / release_id)
            self._prune(release_id)

    def _prune(self, release_id: str) -> None:
        folders = [path for path in self._folder.iterdir() if is_release_id(path.name)]
        folders.sort(key=lambda path: (path.name != release_id, -path.stat().st_mtime))
        for path in folders[_KEPT:]:
            shutil.rmtree(path, ignore_errors=True)

    def last_good(self) -> Path | None:
        """The copy that was kept last."""
        try:
            release_id = (self._folder / _LAST_GOOD).read_text("ascii").strip()
        except (OSError, ValueError):
            return None
        folder = self._folder / release_id
        return folder if is_release_id(release_id) and folder.is_dir() else None


class FolderSource:
    """A folder that may go away, such as a network mount."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self._path)

    def pointer(self) -> str:
        """What `current` names, or the id of the one release that the folder is."""
        named = LocalStore(self._path).pointer()
        # A copy has its id for a name, whatever the folder is called that it was made of.
        return named if named != ALONE else open_release(self._path).id

    def download(self, release_id: str, name: str, into: Path) -> bool:
        """Copy one file; false when there is none."""
        alone = is_release_folder(self._path)
        try:
            shutil.copyfile((self._path if alone else self._path / release_id) / name, into)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreUnreachable(f"{self._path}: {name} ({error.strerror})") from None
        return True


def open_store(location: str | Path, cache: str | Path | None) -> Store:
    """A folder as it is, or an object store's address (`s3://…`, `gs://…`) by way of a cache.

    Raises `ExtraMissing` for an address without the extra, `ValueError` for no address.
    """
    text = str(location)
    if isinstance(location, Path) or "://" not in text:
        path = Path(location)
        if cache is None:
            return LocalStore(path)
        return CachedStore(FolderSource(path), Path(cache))
    from flywheel_client.objects import ObjectSource, connect

    folder = Path(cache) if cache is not None else default_cache(text)
    return CachedStore(ObjectSource(connect(text), text), folder)


def default_cache(address: str) -> Path:
    """A folder of this user's for copies from an address: where it can be written, it is kept."""
    name = hashlib.sha256(address.encode()).hexdigest()[:16]
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "flywheel-client" / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:  # a container's home may be read-only: better a copy for this run than none
        return Path(tempfile.mkdtemp(prefix="flywheel-client-"))
    return folder
