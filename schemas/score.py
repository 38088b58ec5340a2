"""How good an answer probably was, and the evidence for it."""

from schemas.base import Record
from schemas.signal import Kind, Signal


class Evidence(Record):
    """One signal's part in a score."""

    signal: Signal
    kind: Kind
    votes: int
    """Distinct users; feedback without a user counts each event once."""
    log_odds: float
    """What it added; negative speaks against the answer."""
    note: str
    """In words, for a reviewer: "2 users rewrote their prompt"."""


class Score(Record):
    """P(good) of one interaction under one version of the weights."""

    interaction_id: str
    p_good: float
    evidence: tuple[Evidence, ...]
    weights_version: str
    feedback_hash: str
    """Hash over the ids of the feedback it rests on: another hash, another score."""
