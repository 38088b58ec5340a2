"""What the desk takes and gives."""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal, NamedTuple

from schemas.base import Record
from schemas.candidate import CandidateView
from schemas.decision import Decision

QueueState = Literal["pending", "disputed", "approved", "rejected"]


@dataclass(frozen=True)
class Viewer:
    """Who looks."""

    name: str
    tenant: str | None = None
    """The one tenant whose cases there are for this person; None: all."""
    adjudicates: bool = False


class Filters(Record):
    """Which cases; all that are given have to hold."""

    state: QueueState = "pending"
    target: Literal["golden", "bank"] | None = None
    feature: str | None = None
    tenant: str | None = None
    reason: str | None = None
    """A `reason_code`."""
    signal: str | None = None
    """One that is among the evidence."""
    model: str | None = None
    drawn: Literal["telling", "random"] | None = None
    since: str | None = None
    """The answer's day (UTC, ISO 8601), from this one."""
    until: str | None = None
    """... up to this one, included."""
    text: str | None = None
    """Words, each the beginning of one in question, answer or ideal output."""
    mine: bool = False
    """Of the pending ones those sent to me, of the others those that I decided."""
    passed: bool = False
    """Of the pending ones those that wait for a colleague whom they were sent to: not in my queue,
    but who is away, or may not come in any more, must not keep a case for ever."""


class Entry(NamedTuple):
    """A case in the queue; texts are excerpts."""

    candidate_id: str
    state: str
    target: str
    goes_to: str
    feature: str | None
    tenant: str | None
    model: str | None
    reason_code: str
    reason: str
    question: str
    answer: str | None
    ideal: str | None
    day: str | None
    time: str | None
    proposed_at: str
    p_good: float | None
    variants: int
    users: int
    unwritten: bool
    reopened: bool
    reviewers: int
    given: int
    stratum: str | None
    probability: float | None
    population: int | None
    drawn_why: str | None
    verdict: str | None
    reviewer: str | None
    decided_at: str | None
    decided_reason: str | None
    sent_to: str | None
    skipped: bool
    """By me."""
    open_by: str | None
    """Who has it open, if somebody else has."""


class Counts(Record):
    """How many there are, by what may be chosen."""

    by_state: dict[str, int]
    """Within all filters but the state."""
    shown: int
    facets: dict[str, dict[str, int]]
    """By filter and value, within the state and the other filters of `FACETS`."""


class Lease(NamedTuple):
    """Who has a case open, until when (seconds since the epoch)."""

    candidate_id: str
    holder: str
    until: float


class Made(NamedTuple):
    """A decision as it was made."""

    decision_id: str
    decision: Decision
    undone: bool


class Said(NamedTuple):
    """What became of a decision."""

    decision_id: str
    judges: bool
    """A new judgement, or one newly taken back; else it changes nothing that may be published."""


class CaseFile(NamedTuple):
    """A case with all that a viewer may know of it."""

    view: CandidateView
    mine: tuple[Made, ...]
    """My decisions about it, the newest first."""
    others: tuple[Made, ...]
    """Everybody else's that stand, the newest first; none while they are not to be known."""
    lease: Lease | None
    """Of somebody else."""


class BulkReport(Record):
    """What a decision about many did."""

    decided: int
    already: int = 0
    """Decided by the same request before: it was cut off, or is said again."""
    refused: tuple[tuple[str, str], ...]
    """Candidate and reason."""


def text_version(view: CandidateView) -> str:
    """A hash of what a reviewer is shown, so that the audit tells what was decided."""
    shown = view.model_dump(
        mode="json", include={"messages", "context", "output", "proposed_output", "decided_output"}
    )
    text = json.dumps(shown, sort_keys=True)
    return "t-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
