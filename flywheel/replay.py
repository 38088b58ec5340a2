"""Recorded answers in place of a model: JSONL lines `{case_id or id, output}`."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flywheel.errors import InputError, ModelError

PREFIX: Final = "replay:"


@dataclass(frozen=True)
class Replay:
    """The answers of one file, several for a case where it was asked several times."""

    name: str
    sha256: str
    outputs: dict[str, list[str]] = field(repr=False)

    def find(self, keys: Sequence[str], repeat: int) -> str:
        """The recorded answer of the first key that the file knows.

        Raises `ModelError` when none is recorded: a missing answer is an error, not a zero.
        """
        for key in keys:
            if outputs := self.outputs.get(key):
                return outputs[repeat % len(outputs)]
        raise ModelError("no recorded answer")


def read_replay(path: Path) -> Replay:
    """Read a replay file. Raises `InputError` naming the first line that breaks the rules."""
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")  # U+2028 and its like stand inside JSON
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({type(error).__name__})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8") from None
    outputs: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _read_line(path, number, line)
        for key in dict.fromkeys(row[name] for name in ("case_id", "id") if name in row):
            outputs.setdefault(key, []).append(row["output"])
    digest = hashlib.sha256(content).hexdigest()
    return Replay(name=f"{PREFIX}{path.name}", sha256=digest, outputs=outputs)


def _read_line(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        raise InputError(f"{path}:{number}: not JSON") from None
    if not isinstance(row, dict) or not isinstance(row.get("output"), str):
        raise InputError(f"{path}:{number}: an object with a string under output is needed")
    keys = [row[name] for name in ("case_id", "id") if name in row]
    if not keys or not all(isinstance(key, str) and key for key in keys):
        raise InputError(f"{path}:{number}: case_id or id, a string, is needed")
    return row
