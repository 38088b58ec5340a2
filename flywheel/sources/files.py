"""Finds the files that the sources name, and tells what each is and looks like."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import Final, Literal

from flywheel.errors import SourceError

Kind = Literal["jsonl", "jsonl.gz", "parquet"]
SUFFIXES: Final = (".jsonl", ".jsonl.gz", ".parquet")
_EVENTS: Final = re.compile(r"\.(?:parquet|jsonl(?:[.-]\d[\w.-]*?)?(?:\.gz)?)$")
"""Also what a log rotation makes of a name: `a.jsonl.1`, `a.jsonl-20250106.gz`."""
OUTPUTS: Final = ("releases", "reports", "data_docs", "gx")
"""Folders of the home whose files are results, not events."""
HEAD_BYTES: Final = 65_536
_GZIP_MAGIC: Final = b"\x1f\x8b"


def discover(sources: Sequence[str], home: Path | None = None) -> list[Path]:
    """The files of the sources, each once, sorted: files, folders (all below), globs.

    What this project wrote into its `home` is no source, even when a folder that is named holds
    the home. A folder below that may not be looked into is given in place of its files: reading it
    says why.

    Raises `SourceError` for a source that matches nothing or cannot be read here.
    """
    own = None if home is None else home.resolve()
    found: set[Path] = set()
    for source in sources:
        try:
            # `resolve` fails on a link that leads to itself; reading it says so.
            found.update(Path(os.path.realpath(path)) for path in _files_of(source, own))
        except OSError as error:  # a name too long, a folder on the way that is closed to us
            raise SourceError(f"{source[:200]}: cannot be read ({error.strerror})") from None
    return sorted(found)


def _files_of(source: str, own: Path | None) -> Iterator[Path]:
    if not source.strip():
        raise SourceError("a source with an empty name; for this folder, give .")
    if "://" in source:
        raise SourceError(
            f"{source.split('://')[0]}:// sources are not supported; "
            f"give files, folders or globs of {', '.join(SUFFIXES)}"
        )
    path = Path(source).expanduser()
    if path.is_dir():
        yield from _some(source, list(_walk(path, own)))
    elif os.path.lexists(path):
        if not _is_events(path):
            raise SourceError(f"{source}: not one of {', '.join(SUFFIXES)}")
        yield path
    elif has_magic(source):
        paths = map(Path, glob(str(path), recursive=True))
        yield from _some(source, [p for p in paths if _is_events(p) and not _is_output(p, own)])
    else:
        raise SourceError(f"{source}: no such file or folder")


def _walk(folder: Path, own: Path | None) -> Iterator[Path]:
    """The files below a folder, links to folders not followed; the home below it is left out."""
    closed: list[Path] = []
    for name, folders, files in os.walk(folder, onerror=lambda e: closed.append(Path(e.filename))):
        here = Path(name)
        kept = [f for f in folders if (here / f).resolve() != own]
        folders[:] = [f for f in kept if not _is_output(here / f, own)]
        yield from (here / f for f in files if _is_events(here / f))
    yield from closed


def _is_output(path: Path, own: Path | None) -> bool:
    """Whether a path lies in a folder of the home that this project writes."""
    return own is not None and any(path.resolve().is_relative_to(own / f) for f in OUTPUTS)


def _some(source: str, paths: list[Path]) -> list[Path]:
    if not paths:
        raise SourceError(f"{source}: holds no {', '.join(SUFFIXES)}")
    return paths


def _is_events(path: Path) -> bool:
    """By its name; reading it says when it is no file after all: a pipe, a link to nowhere."""
    return _EVENTS.search(path.name) is not None and not path.is_dir()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file looked like: kind, size in bytes, hash of its head (Parquet: of its tail)."""

    kind: Kind
    size: int
    head_bytes: int
    head_sha256: str


def take_fingerprint(path: Path, head_bytes: int | None = None) -> Fingerprint:
    """Look at a file; the head is `head_bytes` long, by default as long as it can be.

    The kind is by content where content tells: a `.jsonl.gz` may have been unpacked on its way.
    Raises `SourceError` when it cannot be opened.
    """
    _refuse_name_that_is_no_text(path)
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe waits for its writer
            raise SourceError(f"{path}: cannot be read (not a file: a pipe, socket or device)")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            length = min(size, HEAD_BYTES if head_bytes is None else head_bytes)
            kind = _kind(path, file.seek(0) or file.read(2))
            # A Parquet file's first bytes are alike in many; its footer is its own.
            file.seek(size - length if kind == "parquet" else 0)
            head = file.read(length)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from None
    return Fingerprint(kind, size, length, hashlib.sha256(head).hexdigest())


def _refuse_name_that_is_no_text(path: Path) -> None:
    """Reports, quarantine and cursors name their source: it must be possible to write it down."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise SourceError(f"{writable_name(path)}: its name is not UTF-8; rename it") from None


def writable_name(path: Path) -> str:
    """The path as text that can be written anywhere."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _kind(path: Path, magic: bytes | int) -> Kind:
    if path.suffix == ".parquet":
        return "parquet"
    return "jsonl.gz" if magic == _GZIP_MAGIC else "jsonl"
