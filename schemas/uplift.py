"""What few-shot examples do to answers: the difference between shown and withheld."""

from typing import Literal

from schemas.base import Record

Verdict = Literal["helps", "hurts", "no_difference", "cannot_tell"]


class Effect(Record):
    """Of the bank as a whole, of one release of it, or of one example."""

    name: str
    shown: int
    """Answers with it."""
    withheld: int
    """Answers without it, by chance."""
    units: int
    """Users (or sessions, or single answers) that these are of."""
    p_shown: float | None
    """Mean P(good) with it; none without such an answer."""
    p_withheld: float | None
    difference: float | None
    """Shown minus withheld: above 0 it helps."""
    low: float | None
    """Of the confidence interval; none where there is too little to estimate one."""
    high: float | None
    p_value: float | None
    verdict: Verdict
    more: int | None
    """About so many more answers are needed to tell; none unless the verdict is `cannot_tell`."""


class UpliftReport(Record):
    """What `flywheel uplift` found."""

    answers: int
    """Answers for which chance decided what was shown."""
    judged: int
    """Of them, those with feedback; the others count with the prior, P(good) = .5."""
    confidence: float
    smallest: float
    """The smallest difference that matters."""
    bank: Effect
    releases: tuple[Effect, ...]
    examples: tuple[Effect, ...]
    """Most harmful first."""
    proposed: int = 0
    """Examples sent back to the review queue, for removal."""
    deferred: int = 0
    """Others that hurt: as many wait already as the policy lets wait at once."""
