"""Where to go on in a source: its cursor compared with what stands there now."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from flywheel.errors import SourceError
from flywheel.sources.files import Fingerprint, take_fingerprint
from flywheel.sources.jsonl import hash_head
from flywheel.sources.lines import Position
from flywheel.sources.native import read_source_at

_FAMILY: Final = re.compile(r"^.*?\.jsonl(?=$|\.|-)")
_LONGEST: Final = 64 * 2**20
"""A last line longer than this is not read again to compare it."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """The last line that was read: where it starts, and its hash."""

    offset: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source was read, and what it looked like then."""

    seen: Fingerprint
    next: Position
    finished: bool
    """Read to its end at that size."""
    seq: int
    last: Landmark | None = None


Change = Literal[
    "new", "unchanged", "grew", "going on", "shrank", "replaced", "renamed", "compressed", "bounded"
]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to start reading a source and why there."""

    change: Change
    start: Position
    now: Fingerprint
    was: str | None = None
    """The path under which it was read before it was renamed or compressed."""


def plan_reading(
    path: Path, cursor: Cursor | None, others: Mapping[str, Cursor] | None = None
) -> Plan:
    """Compare a source with its cursor: read nothing, read on, or read anew.

    `others` are the cursors of all sources: one that was rotated away or compressed is read on.
    Raises `SourceError` when the source cannot be opened.
    """
    plan = _compare(path, cursor)
    if plan.change not in ("new", "replaced", "shrank") or plan.now.kind == "parquet":
        return plan
    for name, other in _family(path, others or {}):
        if _is_continued(path, plan.now, other):
            renamed = other.seen.kind == plan.now.kind
            return Plan("renamed" if renamed else "compressed", other.next, plan.now, was=name)
    return plan


def _compare(path: Path, cursor: Cursor | None) -> Plan:
    now = take_fingerprint(path)
    if cursor is None:
        return Plan("new", Position(), now)
    seen = cursor.seen
    same_head = now.kind == seen.kind and _has_head(path, seen)
    if now.kind == "parquet" and now.size != seen.size:  # Parquet is never appended to
        same_head = False
    if same_head and now.size < seen.size:
        return Plan("shrank", Position(), now)
    if now.size < seen.size or not same_head:
        return Plan("replaced", Position(), now)
    if now.size == seen.size and cursor.finished:
        return Plan("unchanged", cursor.next, now)
    if not _still_stands(path, now, cursor):  # the same head, and another file behind it
        return Plan("replaced", Position(), now)
    return Plan("grew" if now.size > seen.size else "going on", cursor.next, now)


def _has_head(path: Path, seen: Fingerprint) -> bool:
    return take_fingerprint(path, seen.head_bytes).head_sha256 == seen.head_sha256


def _still_stands(path: Path, now: Fingerprint, cursor: Cursor) -> bool:
    """Whether the last line that was read is where it was."""
    if cursor.last is None:  # an older version did not keep it
        return True
    try:
        start = Position(cursor.last.offset, max(1, cursor.next.line - 1))
        (line,) = read_source_at(path, now.kind, [start], _LONGEST)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from None
    return line is not None and line.sha256 == cursor.last.sha256


def _family(path: Path, others: Mapping[str, Cursor]) -> Iterable[tuple[str, Cursor]]:
    """Cursors of the files that this one may have been: `a.jsonl` for `a.jsonl.1`, `a.jsonl.gz`."""
    mine = _FAMILY.match(path.name)
    if mine is None:
        return
    for name, cursor in others.items():
        other = Path(name)
        if other != path and other.parent == path.parent:
            theirs = _FAMILY.match(other.name)
            if theirs and theirs[0] == mine[0] and cursor.last is not None:
                yield name, cursor


def _is_continued(path: Path, now: Fingerprint, other: Cursor) -> bool:
    if other.seen.kind == now.kind:
        same = now.size >= other.seen.size and _has_head(path, other.seen)
    elif (other.seen.kind, now.kind) == ("jsonl", "jsonl.gz"):
        same = hash_head(path, other.seen.head_bytes) == other.seen.head_sha256
    else:
        same = False
    return same and _still_stands(path, now, other)
