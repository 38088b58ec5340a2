"""The demo's own home: made anew each time, and nothing deleted that the demo did not make."""

import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

from flywheel.errors import InputError

MARKER: Final = ".made-by-flywheel-demo"
_NOTE: Final = (
    "`flywheel demo` made this folder. Its next run with this --home deletes all that is in it.\n"
    "Remove this file to keep the folder: the demo then refuses it.\n"
)


def start_anew(home: Path, seed: int) -> bool:
    """An empty home with the marker and the seed's salt; True when an earlier demo was cleared.

    Raises `InputError` for a folder with content that the demo did not make, or a link.
    """
    cleared = False
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise InputError(f"{home}: not a plain folder; name another one with --home")
    if home.is_dir() and any(home.iterdir()):
        if not (home / MARKER).is_file():
            raise InputError(
                f"{home}: holds files that the demo did not make, so it will not clear it; "
                "name a new or empty folder with --home"
            )
        _clear(home)
        cleared = True
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).write_text(_NOTE, "utf-8")
    _write_salt(home / "salt", seed)
    return cleared


def _clear(home: Path) -> None:
    # The marker goes last: a run that is killed in here can still be started anew.
    for entry in sorted(home.iterdir()):
        if entry.name == MARKER:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    (home / MARKER).unlink()


def _write_salt(path: Path, seed: int) -> None:
    # A fixed salt makes the placeholders the same in every run; it guards invented people only.
    path.touch(mode=0o600)
    path.write_text(sha256(f"flywheel demo {seed}".encode()).hexdigest(), "utf-8")
