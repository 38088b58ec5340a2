"""How much of what users ask the few-shot bank has an example for."""

from schemas.base import Record


class Gap(Record):
    """Questions alike that have no example near enough."""

    question: str
    """The one of them that was asked most."""
    feature: str | None
    cases: int
    asked: int
    """Answers in all."""
    nearest: float
    """The best similarity that an example has with it; -1 without any example."""
    waiting: tuple[str, ...]
    """Candidates for the bank that wait for review: approving one closes the gap."""
    rejected: int
    """Cases that a reviewer kept out."""


class Redundant(Record):
    """An example beside which another says nearly the same."""

    id: str
    like: str
    similarity: float
    nearest_for: int
    """Answers of the time for which it, and no other, was the nearest."""
    needed_by: int = 0
    """Covered answers that have no other example near: with 0, removing it loses nothing."""


class CoverageReport(Record):
    """What `flywheel coverage` found."""

    release: str
    days: int
    near: float
    asked: int
    """Answers of the time, golden cases left out: the bank never has those."""
    covered: int
    share: float | None
    """None when nothing was asked."""
    golden: int
    """Answers to golden cases."""
    unused: int
    """Examples that were nearest to nothing."""
    examples: int
    gaps: tuple[Gap, ...]
    """Most asked first."""
    redundant: tuple[Redundant, ...]
    """Most alike first."""
    proposed: int = 0
    """Gaps that became candidates for review."""
    reopened: int = 0
    """Redundant examples sent back to the review queue."""
