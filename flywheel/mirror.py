"""Copies releases to an object store and switches the pointer there: production reads that."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from flywheel.errors import ConfigError, ReleaseError
from flywheel_client import BankError
from flywheel_client.objects import connect
from flywheel_client.release import MANIFEST, POINTER, is_release_id
from flywheel_client.signature import SIGNATURE


class Mirror:
    """The releases at one address; one writer at a time moves the pointer, by its ETag."""

    def __init__(self, address: str) -> None:
        """Raises `ConfigError` for an address that no store understands."""
        self.address = address
        try:
            self._store = connect(address)
        except (BankError, ValueError) as error:
            raise ConfigError(f"FLYWHEEL_RELEASE__URL: {error}") from None

    def follow(self, releases: Path, release_id: str) -> bool:
        """Make this release the current one there, uploaded first unless it is; true when it was
        not the current one.

        Raises `ReleaseError` when the store does not answer, or somebody else moved the pointer
        meanwhile. Whatever was left undone the next call does.
        """
        from obstore.exceptions import BaseError

        try:
            current, tag = self._pointer()
            self._upload(releases / release_id)
            if current != release_id:
                self._switch(release_id, tag)
        except (BaseError, OSError) as error:
            raise ReleaseError(
                f"{self.address}: release {release_id} is published here, but not there "
                f"({type(error).__name__}); run again: flywheel promote"
            ) from None
        return current != release_id

    def remove(self, kept: Collection[str], known: Collection[str]) -> None:
        """Delete the known releases that are not kept; one that others wrote stays.

        Raises `ReleaseError`.
        """
        from obstore.exceptions import BaseError

        try:
            there = self._store.list_with_delimiter()["common_prefixes"]
            names = {path.rstrip("/").rsplit("/", 1)[-1] for path in there}
            for name in sorted((names & set(known)) - set(kept)):
                self._remove(name)
        except (BaseError, OSError) as error:
            raise ReleaseError(
                f"{self.address}: old releases could not be removed ({type(error).__name__})"
            ) from None

    def _pointer(self) -> tuple[str | None, Any]:
        try:
            result = self._store.get(POINTER)
        except FileNotFoundError:
            return None, "create"
        text = bytes(result.bytes()).decode("ascii", "replace").strip()
        tag = {"e_tag": result.meta["e_tag"]}
        if result.meta["version"] is not None:
            tag["version"] = result.meta["version"]
        return text if is_release_id(text) else None, tag

    def _switch(self, release_id: str, tag: Any) -> None:
        from obstore.exceptions import AlreadyExistsError, NotSupportedError, PreconditionError

        content = f"{release_id}\n".encode()
        try:
            self._store.put(POINTER, content, mode=tag)
        except (AlreadyExistsError, PreconditionError):
            raise ReleaseError(
                f"{self.address}: another publisher moved the pointer meanwhile; look at what "
                "it published, then run again"
            ) from None
        except (NotSupportedError, NotImplementedError):
            # A folder (file://) knows no condition; the lock of the home is what guards it.
            self._store.put(POINTER, content)

    def _upload(self, folder: Path) -> None:
        """Every file, then the manifest: a reader that finds a manifest finds all that it lists."""
        if self._has_all(folder):
            return
        names = {path.name for path in folder.iterdir() if path.is_file()} - {MANIFEST}
        for name in (*sorted(names), MANIFEST):
            with (folder / name).open("rb") as file:
                self._store.put(f"{folder.name}/{name}", file)

    def _has_all(self, folder: Path) -> bool:
        """Whether manifest and signature are there as they are here, and every file is as long."""
        listed = [one for page in self._store.list(f"{folder.name}/") for one in page]
        sizes = {one["path"].rsplit("/", 1)[-1]: one["size"] for one in listed}
        here = {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
        return sizes == here and all(
            bytes(self._store.get(f"{folder.name}/{name}").bytes()) == (folder / name).read_bytes()
            for name in (MANIFEST, SIGNATURE)
            if name in here
        )

    def _remove(self, release_id: str) -> None:
        """The manifest first: what lost it is no release any more."""
        listed = [one for page in self._store.list(f"{release_id}/") for one in page]
        names = sorted(one["path"].rsplit("/", 1)[-1] for one in listed)
        for name in sorted(names, key=lambda name: name != MANIFEST):
            self._store.delete(f"{release_id}/{name}")
