"""Agreement between reviewers, over all, by pair, by criterion and by week; a pure computation.

Krippendorff's alpha ("Content Analysis", 2019, chapter 12), nominal for verdicts and ordinal for
rubrics, and Cohen's kappa (1960; weighted 1968) of each pair. Intervals are percentiles of a
bootstrap over cases. Only judgements that were given blind count.
"""

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schemas.agreement import (
    AgreementReport,
    Figure,
    Level,
    Measure,
    PairAgreement,
    WeekAgreement,
)

FEWEST: Final = 20
"""Cases that two have judged; a coefficient of fewer would be a guess."""
_SEED: Final = 20250106
"""The same judgements give the same intervals."""

_Floats: TypeAlias = NDArray[np.float64]
Said: TypeAlias = dict[str, float]
"""What one reviewer said about a case, by criterion."""


@dataclass(frozen=True, slots=True)
class Act:
    """One decision on a case that two have to judge, in the order of the store."""

    decision_id: str
    candidate_id: str
    reviewer: str
    verdict: str
    goes_to: str | None = None
    """Where a yes sends the case."""
    rubric: Mapping[str, float] = field(default_factory=dict)
    time: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    undoes: str | None = None
    adjudicates: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """A blind judgement."""

    candidate_id: str
    reviewer: str
    said: Said
    time: datetime


@dataclass(frozen=True)
class Rules:
    """How much it takes to tell, and how the intervals come about."""

    confidence: float = 0.95
    fewest: int = FEWEST
    resamples: int = 500
    """0: no intervals."""


def blind_ratings(acts: Iterable[Act]) -> list[Rating]:
    """Each reviewer's judgement of each case, as it stood before another's could be seen.

    Until another has judged, the newest that is not taken back; who judges after another, that
    reviewer's first. An adjudication, a skip and a change made later do not count.
    """
    cases: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        cases[act.candidate_id].append(act)
    return [rating for case in cases.values() for rating in _blind(case)]


def agreement(
    ratings: Sequence[Rating], rules: Rules, *, twice: int = 0, waiting: int = 0, disputed: int = 0
) -> AgreementReport:
    """Every figure; the counts are passed on."""
    cases = _by_case(ratings)
    return AgreementReport(
        figures=_figures(cases, rules),
        pairs=_pairs(cases, rules),
        weeks=_weeks(cases, rules),
        twice=twice,
        waiting=waiting,
        disputed=disputed,
        fewest=rules.fewest,
        confidence=rules.confidence,
    )


def anonymise(report: AgreementReport, viewer: str | None) -> AgreementReport:
    """The same with every reviewer but the viewer under a number: names are for leads."""
    names = sorted({name for pair in report.pairs for name in (pair.first, pair.second)})
    others = [name for name in names if name != viewer]
    shown = {name: f"reviewer {number}" for number, name in enumerate(others, start=1)}
    pairs = tuple(
        pair.model_copy(
            update={
                "first": shown.get(pair.first, pair.first),
                "second": shown.get(pair.second, pair.second),
            }
        )
        for pair in report.pairs
    )
    return report.model_copy(update={"pairs": pairs})


def _blind(acts: Sequence[Act]) -> list[Rating]:
    undone = {act.undoes: place for place, act in enumerate(acts) if act.undoes is not None}
    judged = [
        (place, act)
        for place, act in enumerate(acts)
        if act.verdict in ("approve", "edit", "reject") and not act.adjudicates
    ]
    ratings = []
    for reviewer in dict.fromkeys(act.reviewer for _, act in judged):
        mine = [(place, act) for place, act in judged if act.reviewer == reviewer]
        seen = min((p for p, act in judged if act.reviewer != reviewer), default=len(acts))
        before = [act for p, act in mine if p < seen < undone.get(act.decision_id, len(acts) + 1)]
        after = [act for p, act in mine if p > seen]
        if before or after:
            ratings.append(_rating(before[-1] if before else after[0]))
    return ratings


def _rating(act: Act) -> Rating:
    yes = act.verdict != "reject"
    said = {"verdict": float(yes), **act.rubric}
    if yes and act.goes_to is not None:
        said["target"] = float(act.goes_to == "golden")
    return Rating(act.candidate_id, act.reviewer, said, act.time)


def _by_case(ratings: Iterable[Rating]) -> list[list[Rating]]:
    cases: dict[str, list[Rating]] = defaultdict(list)
    for rating in ratings:
        cases[rating.candidate_id].append(rating)
    return [case for case in cases.values() if len(case) > 1]


def _figures(
    cases: Sequence[Sequence[Rating]], rules: Rules, pair: tuple[str, str] | None = None
) -> tuple[Figure, ...]:
    criteria = {name for case in cases for rating in case for name in rating.said}
    rubric = sorted(criteria - {"verdict", "target"})
    return tuple(
        _figure(name, cases, rules, pair)
        for name in ("verdict", "target", *rubric)
        if name == "verdict" or name in criteria
    )


def _figure(
    criterion: str,
    cases: Sequence[Sequence[Rating]],
    rules: Rules,
    pair: tuple[str, str] | None = None,
) -> Figure:
    level: Level = "nominal" if criterion in ("verdict", "target") else "ordinal"
    said = [
        {rating.reviewer: rating.said[criterion] for rating in case if criterion in rating.said}
        for case in cases
    ]
    units = [unit for unit in said if len(unit) > 1]
    enough = len(units) >= rules.fewest
    return Figure(
        criterion=criterion,
        level=level,
        cases=len(units),
        same=_same([list(unit.values()) for unit in units]),
        alpha=_alpha(units, level, rules) if enough and pair is None else None,
        kappa=_kappa(units, pair, level, rules) if enough and pair is not None else None,
        enough=enough,
    )


def _pairs(cases: Sequence[Sequence[Rating]], rules: Rules) -> tuple[PairAgreement, ...]:
    shared: dict[tuple[str, str], list[list[Rating]]] = defaultdict(list)
    for case in cases:
        for one, other in combinations(sorted(case, key=lambda rating: rating.reviewer), 2):
            shared[one.reviewer, other.reviewer].append([one, other])
    most_first = sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        PairAgreement(first=pair[0], second=pair[1], figures=_figures(some, rules, pair))
        for pair, some in most_first
    )


def _weeks(cases: Sequence[Sequence[Rating]], rules: Rules) -> tuple[WeekAgreement, ...]:
    """A case belongs to the week in which its last judgement came."""
    weeks: dict[str, list[Sequence[Rating]]] = defaultdict(list)
    for case in cases:
        day = max(rating.time for rating in case).astimezone(UTC).date()
        weeks[(day - timedelta(days=day.weekday())).isoformat()].append(case)
    return tuple(
        WeekAgreement(week=week, figure=_figure("verdict", some, rules))
        for week, some in sorted(weeks.items())
    )


def _same(units: Sequence[Sequence[float]]) -> float | None:
    """The mean over cases of the share of pairs that are equal."""
    shares = []
    for unit in units:
        pairs = list(combinations(unit, 2))
        shares.append(sum(one == other for one, other in pairs) / len(pairs))
    return sum(shares) / len(shares) if shares else None


def _alpha(units: Sequence[Said], level: Level, rules: Rules) -> Measure | None:
    import krippendorff

    values = sorted({value for unit in units for value in unit.values()})
    counts = np.array([[list(unit.values()).count(v) for v in values] for unit in units])

    def of(rows: _Floats) -> float:
        some = counts[rows.astype(np.intp)]
        used = some.sum(axis=0) > 0
        if used.sum() < 2:
            return float("nan")  # all said the same: agreement, or a question with one answer
        domain = np.array(values)[used]
        return float(
            krippendorff.alpha(
                value_counts=some[:, used], value_domain=domain, level_of_measurement=level
            )
        )

    rows = np.arange(len(units), dtype=np.float64)
    return _measure(of(rows), (rows,), of, rules, vectorized=False)


def _kappa(
    units: Sequence[Said], pair: tuple[str, str], level: Level, rules: Rules
) -> Measure | None:
    from sklearn.metrics import cohen_kappa_score

    one, other = (np.array([unit[name] for unit in units]) for name in pair)
    if len({*one, *other}) < 2:
        return None
    weights = "quadratic" if level == "ordinal" else None
    value = float(cohen_kappa_score(one, other, weights=weights, labels=_labels(one, other, level)))
    return _measure(value, (one, other), _quick_kappa, rules, vectorized=True)


def _labels(one: _Floats, other: _Floats, level: Level) -> list[float]:
    """Quadratic weights count steps between labels: a grade that nobody gave is a step, too."""
    values = sorted({*one.tolist(), *other.tolist()})
    if level == "nominal":
        return values
    return [float(grade) for grade in range(int(values[0]), int(values[-1]) + 1)]


def _quick_kappa(one: _Floats, other: _Floats, axis: int = -1) -> _Floats:
    """Kappa with quadratic weights, which is plain kappa for 0 and 1; for many samples at once."""
    means = one.mean(axis=axis) - other.mean(axis=axis)
    expected = one.var(axis=axis) + other.var(axis=axis) + means**2
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa: _Floats = 1 - ((one - other) ** 2).mean(axis=axis) / expected
    return kappa


def _measure(
    value: float,
    data: Sequence[_Floats],
    statistic: Callable[..., Any],
    rules: Rules,
    *,
    vectorized: bool,
) -> Measure | None:
    """A coefficient with its percentile interval, from the resamples in which it is defined."""
    if np.isnan(value):
        return None
    if rules.resamples == 0:
        return Measure(value=value, low=None, high=None)
    from scipy import stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        result = stats.bootstrap(
            data,
            statistic,
            paired=len(data) > 1,
            vectorized=vectorized,
            n_resamples=rules.resamples,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        )
    tail = (1 - rules.confidence) / 2
    low, high = np.nanquantile(result.bootstrap_distribution, [tail, 1 - tail])
    return Measure(value=value, low=float(low), high=float(high))
