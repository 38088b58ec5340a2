"""What an evaluation found: scores, intervals, a verdict."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Record

Side = Literal["candidate", "baseline"]
CriticalStatus = Literal["failed", "unanswered", "passed"]
ScoreStatus = Literal["scored", "not_applicable", "not_run", "error"]


class GateVerdict(StrEnum):
    """What the gate says."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    REGRESSION = "regression"
    INCONCLUSIVE = "inconclusive"


class CaseScore(Record):
    """One scorer's word on one answer."""

    scorer: str
    version: str
    """The scorer's own; for the judge its model and its prompt's hash."""
    value: float | None
    """0 to 1; the judge's are 1 to 5."""
    status: ScoreStatus
    reason: str = ""


class Judgement(Record):
    """The judge's structured answer: a reason, then 1 to 5, three times."""

    accuracy_reason: str
    accuracy: Annotated[int, Field(ge=1, le=5)]
    tone_reason: str
    tone: Annotated[int, Field(ge=1, le=5)]
    formatting_reason: str
    formatting: Annotated[int, Field(ge=1, le=5)]


class Estimate(Record):
    """Candidate minus baseline over some cases, in shares of quality."""

    name: str
    """`whole`, or `key=value` of a slice."""
    cases: int
    baseline: float
    candidate: float
    difference: float
    low: float
    high: float
    tested: bool = True
    """A slice with too few cases is shown and not tested."""
    broken: bool = False
    """Worse than the margin, after correction for the number of slices."""
    p_value: float | None = None
    """Of the hypothesis that the slice is no worse than the margin allows."""
    clusters: int | None = None
    """What the interval resamples: cases on the same documents are one."""


class ScorerSummary(Record):
    """One scorer over all answers."""

    scorer: str
    version: str
    status: ScoreStatus
    """`scored` as soon as one answer was."""
    answers: int
    """Scored ones, both sides."""
    baseline: float | None
    candidate: float | None
    errors: int = 0


class WorstCase(Record):
    """A case that the candidate lost, with both answers; all text is scrubbed."""

    case_id: str
    slices: tuple[str, ...]
    question: str
    ideal: str
    baseline_output: str | None
    candidate_output: str | None
    baseline: float | None
    candidate: float | None
    reason: str


class CriticalCase(Record):
    """A golden case that must never fail, and what became of it; all text is scrubbed."""

    case_id: str
    question: str
    ideal: str
    output: str | None
    """The candidate's answer that decided; a wrong one where one was."""
    status: CriticalStatus
    baseline_status: CriticalStatus
    reason: str


class AnswerCount(Record):
    """Where one side's answers came from."""

    needed: int
    asked: int
    reused: int
    """Stored by an earlier run that was interrupted, or by another evaluation."""
    errors: int
    reasons: dict[str, int] = Field(default_factory=dict)
    """Why answers are missing, with counts."""


class GateReport(Record):
    """One evaluation from its question to its verdict."""

    evaluation_id: str
    prompt: str
    prompt_version: str
    candidate: str
    baseline: str
    release_id: str | None
    verdict: GateVerdict
    reason: str
    """The verdict in a sentence."""
    notes: tuple[str, ...] = ()
    """What was not run or not comparable, plainly."""
    margin: float
    confidence: float
    repeats: int
    cases: int
    paired: int
    """Cases with an answer on both sides."""
    error_share: float
    """Of the side that has more: a baseline without errors must not thin the candidate's out."""
    whole: Estimate | None
    slices: tuple[Estimate, ...]
    """Most harmed first."""
    broken_slices: tuple[str, ...]
    """The fewest slices that explain a regression; `Estimate.broken` marks all that fell."""
    scorers: tuple[ScorerSummary, ...]
    judge: str | None
    """The judge's model; none: not run."""
    variance: dict[Side, float | None]
    """Mean variance of a case's quality over its repeats; none with one repeat."""
    answers: dict[Side, AnswerCount]
    worst: tuple[WorstCase, ...]
    critical: tuple[CriticalCase, ...] = ()
    """All that must never fail, the failed first."""
    reports: dict[str, str] = Field(default_factory=dict)
    """Format to path."""
    evaluated_at: str
