"""A case proposed to reviewers, and all that they see of it."""

from datetime import datetime
from typing import Literal

from schemas.base import Record
from schemas.decision import Verdict
from schemas.event import ContextDocument, Message, Tags
from schemas.score import Evidence
from schemas.target import Target as Target


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


State = Literal["pending", "disputed", "approved", "rejected", "merged"]
"""Where a candidate stands by its newest decision; a skipped one is still pending, one on which two
reviewers differ is disputed, one whose case turned out to be that of another waits for nothing."""


class CandidateView(Candidate):
    """A candidate with everything that a reviewer decides by; all text is scrubbed."""

    messages: tuple[Message, ...]
    context: tuple[ContextDocument, ...]
    output: str | None
    """What the model answered; none for an example reviewed elsewhere."""
    suggested_output: str | None = None
    """What users have put in its place since it was proposed without an ideal output: to be adopted
    with `edit`, so that the decision holds the text that the reviewer saw."""
    evidence: tuple[Evidence, ...]
    tenant: str | None
    tags: Tags
    proposed_at: datetime
    state: State
    verdict: Verdict | None
    """Of the decision that it stands by; so are those below, up to `sent_to`."""
    decided_output: str | None
    decided_reason: str | None
    reviewer: str | None
    decided_at: datetime | None
    goes_to: Target
    """Where approval puts it: where it was proposed, unless the decision says otherwise."""
    critical: bool
    labels: tuple[str, ...] | None
    note: str | None
    sent_to: str | None
    reviewers: int
    """How many have to judge it, without seeing each other's verdict."""
    given: int
    """How many of those two have; 0 where one is enough."""
    model: str | None
    provider: str | None
    prompt: str | None
    """Name and version of the prompt, `name@version`."""
    time: datetime | None
    """When the answer was given."""
    cost_usd: float | None
    latency_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    cluster_id: str
    """The case: all its wordings have this id."""
    reopened: bool
    """Decided before, and back in the queue because of new evidence."""
    variants: int
    """Answers that this case got."""
    wordings: int
    """Different inputs that are this one case."""
    users: int
    """Users who asked it."""
    first_seen: datetime | None
    last_seen: datetime | None
    stratum: Literal["telling", "random"] | None
    """How the newest round of sampling drew it: for certain, or by lot; none: not drawn."""
    probability: float | None
    """Of being drawn in that round."""
    population: int | None
    """All that waited in that round."""
    drawn_why: str | None
    drawn_seq: int | None
    """Its place among all draws."""
