"""Writes lines or bytes to a file that appears whole or not at all, or to standard output."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from flywheel.errors import InputError


def write_lines(lines: Iterable[str], path: Path | None) -> int:
    """Write each line (None: to standard output); gives how many.

    A file that is there keeps its content until the new one is complete. Raises `InputError` when
    it cannot be written.
    """
    if path is None:
        return sum(sys.stdout.write(f"{line}\n") > 0 for line in lines)
    return write_bytes((f"{line}\n".encode() for line in lines), path)


def write_bytes(pieces: Iterable[bytes], path: Path | None) -> int:
    """Write pieces one after the other, likewise; gives how many."""
    if path is None:
        sys.stdout.flush()
        written = 0
        for piece in pieces:
            sys.stdout.buffer.write(piece)
            written += 1
        sys.stdout.buffer.flush()
        return written
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            written = sum(file.write(piece) > 0 for piece in pieces)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None
    finally:
        with suppress(OSError):  # replaced, or its folder is no folder
            part.unlink()
    return written
