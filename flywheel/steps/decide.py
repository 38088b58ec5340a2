"""Records what reviewers decided, one decision or a file of them, and exports the queue."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from flywheel.settings import Settings
from schemas.base import Record
from schemas.decision import Decision


class Refusal(Record):
    """A line that did not go in."""

    line: int
    """1-based."""
    reason: str


class DecisionsReport(Record):
    """What an import did with each line."""

    accepted: int
    unchanged: int
    """Decisions that were there already."""
    ignored: int
    """Candidates without a verdict."""
    refused: tuple[Refusal, ...]


def record_decision(settings: Settings, decision: Decision) -> bool:
    """Scrub a decision's texts and append it; False when the very same one is already there.

    Raises `InputError` for an unknown candidate, for the approval of a candidate without an ideal
    output, and for a time in the future.
    """
    raise NotImplementedError


def export_decisions(
    settings: Settings, path: Path | None, *, state: Literal["pending", "all"] = "pending"
) -> int:
    """Write candidates and decisions as JSON lines (None: standard output); gives how many."""
    raise NotImplementedError


def import_decisions(
    settings: Settings, path: Path, on_finished: Callable[[int], None] | None = None
) -> DecisionsReport:
    """Append the decisions of a file; a bad line is refused by number and the rest goes in.

    `on_finished` hears how many were accepted, once, when there were any.
    """
    raise NotImplementedError
