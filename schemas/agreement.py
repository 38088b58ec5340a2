"""How far reviewers agree who judged the same case without seeing each other's verdict."""

from typing import Literal

from schemas.base import Record

Level = Literal["nominal", "ordinal"]


class Measure(Record):
    """A coefficient with its interval, resampled by case."""

    value: float
    low: float | None
    high: float | None


class Figure(Record):
    """Agreement on one thing that reviewers say."""

    criterion: str
    """`verdict` (yes or no), `target` (where to), or a criterion of the rubric."""
    level: Level
    cases: int
    """Judged by two or more."""
    same: float | None
    """The share of pairs of judgements that are equal."""
    alpha: Measure | None
    """Krippendorff's, over all reviewers: 1 is agreement, 0 is what chance gives. None: too few
    cases, or all equal, where no coefficient can tell agreement from a question with one answer."""
    kappa: Measure | None
    """Cohen's, of a pair; with quadratic weights for a rubric. None: as for alpha."""
    enough: bool
    """False: too few cases to tell."""


class PairAgreement(Record):
    """Two reviewers."""

    first: str
    second: str
    figures: tuple[Figure, ...]


class WeekAgreement(Record):
    """The verdicts of one week."""

    week: str
    """Its Monday (UTC, ISO 8601)."""
    figure: Figure


class AgreementReport(Record):
    """What `flywheel agreement` found; first, blind judgements only."""

    figures: tuple[Figure, ...]
    """Over all reviewers, by criterion."""
    pairs: tuple[PairAgreement, ...]
    """Those with most cases first."""
    weeks: tuple[WeekAgreement, ...]
    """The oldest first."""
    twice: int
    """Cases that were given to two reviewers."""
    waiting: int
    """Of them, those that fewer than two have judged."""
    disputed: int
    """Of them, those on which two differ and nobody has adjudicated."""
    fewest: int
    """Fewer cases than these: cannot tell yet."""
    confidence: float
