"""JSON lines, plain or gzip: read on from any offset, a long line never held in memory."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from flywheel.sources.lines import Position, RawLine
from schemas.fault import Reason

_CHUNK: Final = 65_536


_MAX_RATIO: Final = 500
_FREE_BYTES: Final = 64 * 2**20
"""What a gzip may unpack to whatever its ratio; deflate reaches 1,032, logs seldom 100."""


class UnfinishedSource(Exception):
    """A gzip that ends too early or is damaged; its complete lines were yielded before."""


class RefusedSource(UnfinishedSource):
    """A file that nobody should unpack; its first lines were yielded before."""


class _Bomb(Exception):
    """A gzip that unpacks to far more than any log."""


def read_lines(
    path: Path, start: Position, max_line_bytes: int, *, zipped: bool
) -> Iterator[RawLine]:
    """Yield the lines from `start` on; offsets count uncompressed bytes.

    Raises `UnfinishedSource`, after the last complete line, for a gzip that cannot be read to its
    end.
    """
    with _open(path, zipped) as (file, raw):
        try:
            offset, number = _go_to(file, start)
            while (line := _read_line(file, offset, number, max_line_bytes, raw)) is not None:
                yield line
                offset, number = line.end.offset, line.end.line
        except EOFError:
            raise UnfinishedSource("truncated gzip: its complete lines were read") from None
        except _Bomb:
            raise RefusedSource(
                f"refused: unpacks to over {_MAX_RATIO} times its size; the lines before were read"
            ) from None
        except (gzip.BadGzipFile, zlib.error):
            raise UnfinishedSource("damaged gzip: the lines before the damage were read") from None


def read_lines_at(
    path: Path, starts: Sequence[Position], max_line_bytes: int, *, zipped: bool
) -> Iterator[RawLine | None]:
    """One line for each start, in the order given; None where the source has no such place."""
    with _open(path, zipped) as (file, raw):
        for start in starts:
            try:
                file.seek(start.offset)
                yield _read_line(file, start.offset, start.line, max_line_bytes, raw)
            except (EOFError, OSError, zlib.error, _Bomb):
                yield None


def hash_head(path: Path, size: int) -> str | None:
    """SHA-256 of the first bytes of what a gzip holds; None when it holds less."""
    try:
        with gzip.open(path) as file:
            head = file.read(size)
    except (EOFError, OSError, zlib.error):
        return None
    return hashlib.sha256(head).hexdigest() if len(head) == size else None


@contextmanager
def _open(path: Path, zipped: bool) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    with path.open("rb") as raw:
        if zipped:
            with gzip.GzipFile(fileobj=raw) as file:
                yield cast(BinaryIO, _Unpacked(file, raw)), raw
        else:
            yield raw, raw


class _Unpacked:
    """A gzip that is read as long as it stays within reason; a bomb raises `_Bomb`."""

    def __init__(self, file: gzip.GzipFile, raw: BinaryIO) -> None:
        self._file, self._raw = file, raw

    def readline(self, limit: int) -> bytes:
        return self._checked(self._file.readline(limit))

    def read(self, size: int) -> bytes:
        return self._checked(self._file.read(size))

    def seek(self, offset: int) -> None:
        while (at := self._file.tell()) + _FREE_BYTES < offset:
            if self._file.seek(at + _FREE_BYTES) == at:
                break  # its end
            self._checked(b"")
        self._file.seek(offset)

    def _checked(self, data: bytes) -> bytes:
        size = self._file.tell()
        if size > _FREE_BYTES and size > _MAX_RATIO * self._raw.tell():
            raise _Bomb
        return data


def _go_to(file: BinaryIO, start: Position) -> tuple[int, int]:
    """Seek to `start`; a line that was taken before its end of line came is stepped over."""
    if start.offset == 0:
        return 0, start.line
    file.seek(start.offset - 1)
    if file.read(1) == b"\n":
        return start.offset, start.line
    rest = file.readline(3)
    if rest in (b"\n", b"\r\n"):
        return start.offset + len(rest), start.line + 1
    file.seek(start.offset)
    return start.offset, start.line


def _read_line(
    file: BinaryIO, offset: int, number: int, limit: int, raw: BinaryIO
) -> RawLine | None:
    data = file.readline(limit + 2)  # room for CR LF
    if not data:
        return None
    body = _without_end(data)
    ended = data.endswith(b"\n")
    if len(body) > limit:
        size, ended, sha256 = _skip_rest(file, data)
        end = Position(offset + size, number + ended)
        return RawLine(
            number, offset, end, b"", Reason.LINE_TOO_LONG, sha256, ended, done=raw.tell()
        )
    end = Position(offset + len(data), number + ended)
    return RawLine(number, offset, end, body, terminated=ended, done=raw.tell())


def _skip_rest(file: BinaryIO, data: bytes) -> tuple[int, bool, str]:
    """Read a line to its end and keep only its size, whether it ended, and its hash."""
    digest = hashlib.sha256()
    size = len(data)
    while not data.endswith(b"\n") and (chunk := file.readline(_CHUNK)):
        digest.update(data[:-1])
        data = data[-1:] + chunk  # CR and LF may come in two chunks
        size += len(chunk)
    digest.update(_without_end(data))
    return size, data.endswith(b"\n"), digest.hexdigest()


def _without_end(data: bytes) -> bytes:
    return data[:-1].removesuffix(b"\r") if data.endswith(b"\n") else data
