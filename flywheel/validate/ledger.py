"""The counts of a run by expectation, summed over its batches and processes, kept in the home."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from flywheel.validate.results import Expectation
from flywheel.validate.rule import Rule

SUITES: Final = ("interactions", "feedback")


def add_counts(
    home: Path, suite: str, rules: Sequence[Rule], results: Sequence[Expectation]
) -> None:
    """Add a batch's counts; the first batch after the pages were built starts anew."""
    folder = home / "gx"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        before = _read(folder / f"{suite}.json")
        summed = {} if before.get("shown") else before.get("expectations", {})
        for rule, result in zip(rules, results, strict=True):
            entry = summed.setdefault(result.name, {"checked": 0, "unexpected": 0})
            entry.update(type=rule.type, column=rule.column, bounds=rule.bounds)
            entry["checked"] += result.checked
            entry["unexpected"] += result.unexpected
        _write(folder / f"{suite}.json", {"shown": False, "expectations": summed})


def read_counts(home: Path) -> dict[str, dict[str, Any]]:
    """By suite: name of the expectation to its type, column, bounds and counts."""
    counts = {suite: _read(home / "gx" / f"{suite}.json") for suite in SUITES}
    return {suite: kept["expectations"] for suite, kept in counts.items() if kept}


def mark_shown(home: Path) -> None:
    """The pages show these counts: the next batch belongs to another run."""
    with FileLock(home / "gx" / "lock"):
        for suite in SUITES:
            if kept := _read(home / "gx" / f"{suite}.json"):
                _write(home / "gx" / f"{suite}.json", kept | {"shown": True})


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _write(path: Path, counts: dict[str, Any]) -> None:
    aside = path.with_suffix(".tmp")
    try:
        aside.write_text(json.dumps(counts, default=str), "utf-8")
        os.replace(aside, path)
    except OSError as error:  # a full disk does not say where
        raise OSError(error.errno, error.strerror, str(path)) from None
