"""Publishes the examples that stand as a release, lists releases and switches between them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from flywheel.bank import (
    is_whole,
    load_manifest,
    named_release,
    publishing,
    remove_release,
    sign_release,
    switch,
    verify,
    write_release,
)
from flywheel.embed import get_embedder, name_of
from flywheel.errors import ReleaseError
from flywheel.promote import refuse_leaks
from flywheel.release_files import content_id
from flywheel.settings import Settings
from flywheel.signing import public_key
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from flywheel_client import BankError, ReleaseDamaged, ReleaseUnsigned
from flywheel_client.release import current_id, read_manifest
from flywheel_client.signature import SIGNATURE
from schemas.base import Record
from schemas.candidate import Target
from schemas.event import ContextDocument, Message, Tags
from schemas.example import Example
from schemas.release import Manifest

PUBLISHED: Final = "published"
ROLLED_BACK: Final = "rollback"
_JSON: Final[dict[str, TypeAdapter[Any]]] = {
    "messages": TypeAdapter(tuple[Message, ...]),
    "context": TypeAdapter(tuple[ContextDocument, ...]),
    "tags": TypeAdapter(Tags),
}


class ReleaseRow(Record):
    """One switch to a release: it was published, or returned to."""

    release_id: str
    parent: str | None
    """The release that was current before."""
    created_at: str
    golden: int
    bank: int
    reason: str
    """published or rollback."""
    current: bool


class Published(Record):
    """What publishing did."""

    release: str | None
    """The current release afterwards."""
    published: bool


class FileCheck(Record):
    """One file of a release, held against its manifest."""

    name: str
    sha256: str
    whole: bool


class ShownRelease(Record):
    """A release's manifest and whether its files are what it says."""

    manifest: Manifest
    current: bool
    whole: bool
    signature: Literal["none", "valid", "invalid", "unchecked"] = "none"
    """Against the key of the settings; without a key it is there or not, and unchecked."""
    files: tuple[FileCheck, ...]


class RollbackReport(Record):
    """What a rollback did."""

    release: str
    replaced: str | None
    switched: bool
    """False when it was the current one already."""


def publish(settings: Settings) -> Published:
    """Publish the examples that stand, unless the newest published release holds just these.

    The folder comes first, then its row, then the pointer: the newest row says which release is
    current, so whatever a kill left undone is done by the next call. A release that was rolled
    back is not published again until its content changes.

    Raises `ReleaseError`.
    """
    with publishing(settings) as releases:
        return publish_under_lock(settings, releases)


def publish_under_lock(settings: Settings, releases: Path) -> Published:
    """`publish` for a caller that holds the lock."""
    store, embedder = open_store(settings), get_embedder(settings)
    rows, examples = _read_rows(store), read_examples(store)
    current = rows[0]["release_id"] if rows else None
    newest = next((row["release_id"] for row in rows if row["reason"] == PUBLISHED), None)
    if newest is None and not examples:
        return Published(release=None, published=False)
    wanted = content_id(examples, name_of(embedder))
    known = wanted == newest
    if not known:
        refuse_leaks(examples)
    if not known or not is_whole(releases / wanted):
        write_release(
            releases,
            examples,
            embedder,
            parent=current,
            created_at=datetime.now(UTC).isoformat(),
            signing_key=settings.release.signing_key,
        )
    if not known:
        manifest = load_manifest(releases, wanted)
        _append(store, wanted, current, manifest.model_dump_json(), PUBLISHED)
        current = wanted
    if current is not None:
        _follow(settings, releases, current)
        _retain(settings, releases, current, [wanted, *(row["release_id"] for row in rows)])
    return Published(release=current, published=not known)


def read_examples(store: Store, target: Target | None = None) -> list[Example]:
    """The examples that stand, by target and id."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "read_examples", {"target": target})
    return [_example(row) for row in rows]


def list_releases(settings: Settings) -> list[ReleaseRow]:
    """Every switch of the release, newest first."""
    rows = _read_rows(open_store(settings))
    pointed = _pointed(settings.releases_path)
    listed: list[ReleaseRow] = []
    for row in rows:
        is_current = row["release_id"] == pointed and not any(other.current for other in listed)
        manifest = Manifest.model_validate_json(row.pop("manifest"))
        listed.append(
            ReleaseRow(
                **row,
                created_at=manifest.created_at,
                golden=manifest.golden,
                bank=manifest.bank,
                current=is_current,
            )
        )
    return listed


def show_release(settings: Settings, release_id: str | None = None) -> ShownRelease:
    """A release's manifest (none: the current one's), each file checked.

    Raises `ReleaseError` when it is not there.
    """
    releases = settings.releases_path
    release_id = named_release(releases, release_id)
    manifest = load_manifest(releases, release_id)
    release = read_manifest(releases / release_id)
    files = []
    for name, sha256 in sorted(manifest.files.items()):
        whole = False
        with suppress(ReleaseDamaged):
            release.read(name)
            whole = True
        files.append(FileCheck(name=name, sha256=sha256, whole=whole))
    return ShownRelease(
        manifest=manifest,
        current=_pointed(releases) == release_id,
        whole=all(file.whole for file in files),
        signature=_check_signed(settings, releases / release_id),
        files=tuple(files),
    )


def _check_signed(
    settings: Settings, folder: Path
) -> Literal["none", "valid", "invalid", "unchecked"]:
    if not (folder / SIGNATURE).exists():
        return "none"
    if settings.release.signing_key is None:
        return "unchecked"
    try:
        read_manifest(folder, [public_key(settings.release.signing_key)])
    except ReleaseUnsigned:
        return "invalid"
    return "valid"


def rollback(
    settings: Settings, release_id: str, on_published: Callable[[str], object] | None = None
) -> RollbackReport:
    """Make an earlier release current again, and record it; a promote without changes keeps it.

    Raises `ReleaseError` for one that was never published, or is damaged.
    """
    store = open_store(settings)
    with publishing(settings) as releases:
        rows = _read_rows(store)
        release_id = named_release(releases, release_id)
        verify(releases, release_id)
        known = next((row for row in rows if row["release_id"] == release_id), None)
        if known is None:
            raise ReleaseError(f"{release_id} was never published; see: flywheel release list")
        current = rows[0]["release_id"]
        if current != release_id:
            _append(store, release_id, current, known["manifest"], ROLLED_BACK)
        _follow(settings, releases, release_id)
    if on_published is not None and current != release_id:
        on_published(release_id)
    return RollbackReport(release=release_id, replaced=current, switched=current != release_id)


def _follow(settings: Settings, releases: Path, release_id: str) -> None:
    """Let the pointer name this release: here, and where production reads."""
    sign_release(releases / release_id, settings.release.signing_key)
    if _pointed(releases) != release_id:
        switch(releases, release_id)
    if settings.release.url is not None:
        from flywheel.mirror import Mirror

        Mirror(settings.release.url).follow(releases, release_id)


def _retain(settings: Settings, releases: Path, current: str, history: Sequence[str]) -> None:
    """Remove the releases that the policy does not keep; their rows stay, as facts do."""
    if settings.release.keep is None:
        return
    newest = list(dict.fromkeys(history))
    kept = {current, *newest[: settings.release.keep]}
    for release_id in newest:
        if release_id not in kept:
            remove_release(releases, release_id)
    if settings.release.url is not None:
        from flywheel.mirror import Mirror

        Mirror(settings.release.url).remove(kept, newest)


def _pointed(releases: Path) -> str | None:
    try:
        return current_id(releases)
    except BankError:
        return None  # whatever stands there, it is no id: the newest row knows better


def _read_rows(store: Store) -> list[dict[str, Any]]:
    with store.transaction() as connection:
        return fetch_rows(connection, "read_releases")


def _append(store: Store, release_id: str, parent: str | None, manifest: str, reason: str) -> None:
    values = {"release_id": release_id, "parent": parent, "manifest": manifest, "reason": reason}
    with store.transaction() as connection:
        connection.execute(sql("insert_release"), values)


def _example(row: dict[str, Any]) -> Example:
    parsed = {name: adapter.validate_json(row[name]) for name, adapter in _JSON.items()}
    decided_at = row["decided_at"].astimezone(UTC).isoformat()
    given = {"decided_at": decided_at, "target": Target(row["target"])}
    return Example(**row | parsed | given | {"labels": tuple(row["labels"])})
