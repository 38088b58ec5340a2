"""Writes that survive a power cut: a file or a folder is there whole, or not at all."""

import os
from pathlib import Path


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and force it to the disk; raises `OSError`."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Force what was written to a file to the disk; raises `OSError`."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force a folder's entries, new names included, to the disk; raises `OSError`."""
    if os.name == "nt":
        return  # Windows cannot open a folder; its renames are journalled
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
