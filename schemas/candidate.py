"""A case proposed to reviewers."""

from enum import StrEnum

from schemas.base import Record


class Target(StrEnum):
    """Where an example goes: never to both."""

    GOLDEN = "golden"
    BANK = "bank"


class Candidate(Record):
    """One proposal: at most one for a case and target."""

    candidate_id: str
    case_id: str
    target: Target
    interaction_id: str | None
    """The telling interaction; none for an example reviewed elsewhere."""
    proposed_output: str | None
    """The ideal output that approval would adopt; none: the reviewer has to write it."""
    reason_code: str
    reason: str
    p_good: float | None
    policy_version: str
    feature: str | None
    day: str | None
    """The day (UTC, ISO 8601) of the interaction: caps count by feature and day."""
