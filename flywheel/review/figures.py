"""The progress page's figures: what is plotted, and the table that says the same. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from flywheel.desk import Made
from flywheel.review.plots import (
    Columns,
    Points,
    Rows,
    columns,
    curve,
    diagonal,
    points,
    rows,
    stacked,
)
from schemas.agreement import AgreementReport
from schemas.calibration import ReliabilityReport
from schemas.decision import JUDGEMENTS, Verdict
from schemas.draw import ShareReport

DAYS: Final = 14
_MOST_REASONS: Final = 8


class Chart(NamedTuple):
    """A plot with its table; no picture: why there is none yet."""

    title: str
    says: str
    kind: Literal["rows", "columns", "points"]
    picture: Rows | Columns | Points | None
    none_yet: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    legend: tuple[str, ...] = ()
    up: str = ""
    """What the upright axis counts."""
    across: str = ""
    """What the other one names."""
    diagonal: tuple[float, float, float, float] | None = None


class Figures(NamedTuple):
    """All that the page shows."""

    heads: tuple[tuple[str, str, str], ...]
    charts: tuple[Chart, ...]


def standing(made: Sequence[Made]) -> list[Made]:
    """The judgements that were not taken back."""
    return [m for m in made if m.decision.verdict in JUDGEMENTS and not m.undone]


def heads(
    made: Sequence[Made], reviewer: str, left: int, now: datetime, *, team: bool
) -> tuple[tuple[str, str, str], ...]:
    """The figures at the top: mine, the team's, what is left."""
    judged, today = standing(made), now.astimezone(UTC).date()
    mine = [m for m in judged if m.decision.reviewer == reviewer]
    mine_today = [m for m in mine if m.decision.time.date() == today]
    shown = [
        ("You today", f"{len(mine_today):,}", _typical(mine_today)),
        ("You in all", f"{len(mine):,}", _pace(mine)),
    ]
    if team:
        of_today = [m for m in judged if m.decision.time.date() == today]
        people = len({m.decision.reviewer for m in of_today})
        by = f"by {people} {'reviewer' if people == 1 else 'reviewers'}" if people else ""
        shown.append(("Team today", f"{len(of_today):,}", by))
        shown.append(("Team in all", f"{len(judged):,}", ""))
    rate = per_hour(mine_today or mine)
    ahead = f"about {left / rate:.1f} h at your pace" if rate and left else ""
    return (*shown, ("Left", f"{left:,}", ahead))


def per_hour(made: Sequence[Made]) -> float | None:
    """Decisions an hour while somebody was at it: pauses of over ten minutes are left out."""
    times = sorted(m.decision.time for m in made)
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    worked = [gap for gap in gaps if gap <= 600]
    return 3600 * len(worked) / sum(worked) if len(worked) >= 3 and sum(worked) > 0 else None


def _pace(made: Sequence[Made]) -> str:
    rate = per_hour(made)
    return f"{rate:.0f} an hour" if rate else ""


def _typical(made: Sequence[Made]) -> str:
    seconds = sorted(m.decision.seconds for m in made if m.decision.seconds is not None)
    return f"{seconds[len(seconds) // 2]:.0f} s each, as a rule" if seconds else ""


def funnel(counts: Mapping[str, int]) -> Chart:
    """From answers to examples."""
    steps = [(name.capitalize(), count) for name, count in counts.items()]
    drawn = rows(steps)
    return Chart(
        "Funnel",
        "What became of answers: each bar is a part of the one above, with its share of it.",
        "rows",
        drawn if any(counts.values()) else None,
        "Nothing was ingested yet.",
        ("Step", "Count", "Of the one above"),
        tuple((row.label, row.value, row.share or "–") for row in drawn.rows),
    )


def by_reason(approved: Mapping[str, int], rejected: Mapping[str, int]) -> Chart:
    """Approvals and rejections by why a case was proposed."""
    totals = Counter(approved) + Counter(rejected)
    names = [name for name, _ in totals.most_common(_MOST_REASONS)]
    said = [name.replace("_", " ") for name in names]
    yes, no = [approved.get(n, 0) for n in names], [rejected.get(n, 0) for n in names]
    return Chart(
        "Approvals by reason",
        "Decided cases by why they were proposed, and what share of them reviewers approve.",
        "rows",
        stacked(list(zip(said, zip(yes, no, strict=True), strict=True))) if names else None,
        "Nothing is decided yet.",
        ("Proposed because", "Approved", "Rejected", "Share approved"),
        tuple(
            (text, f"{a:,}", f"{b:,}", f"{a / (a + b):.0%}")
            for text, a, b in zip(said, yes, no, strict=True)
        ),
        ("approved", "rejected"),
    )


def over_time(made: Sequence[Made], today: date) -> Chart:
    """Judgements by day, approvals below rejections."""
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    count: dict[bool, Counter[date]] = defaultdict(Counter)
    for one in standing(made):
        rejected = one.decision.verdict is Verdict.REJECT
        count[rejected][one.decision.time.astimezone(UTC).date()] += 1
    yes, no = [count[False][day] for day in days], [count[True][day] for day in days]
    return Chart(
        "Decisions over time",
        f"Of the last {DAYS} days, today last; what was taken back does not count.",
        "columns",
        columns([_day(day) for day in days], [yes, no]) if any(yes + no) else None,
        "Nothing was decided in these days.",
        ("Day", "Approved", "Rejected"),
        tuple(
            (f"{day:%Y-%m-%d}", f"{a:,}", f"{b:,}") for day, a, b in zip(days, yes, no, strict=True)
        ),
        ("approved", "rejected"),
        up="decisions",
        across="day (UTC)",
    )


def agreement(report: AgreementReport) -> Chart:
    """Krippendorff's alpha of the verdicts, week by week."""
    weeks = [w for w in report.weeks if w.figure.alpha is not None]
    values = [_ends(w.figure.alpha.value, w.figure.alpha.low, w.figure.alpha.high)  # type: ignore[union-attr]
              for w in weeks]  # fmt: skip
    low = -1.0 if any(value[1] < 0 for value in values) else 0.0
    names = [_day(date.fromisoformat(w.week)) for w in weeks]
    whole = next((f for f in report.figures if f.criterion == "verdict"), None)
    says = "Krippendorff’s alpha of blind verdicts, with intervals: 1 is agreement, 0 is chance."
    if whole is not None and whole.alpha is not None:
        says += f" Over all weeks: {whole.alpha.value:.2f} on {whole.cases:,} cases."
    return Chart(
        "Agreement over time",
        says,
        "points",
        points(names, values, low=low, as_share=False) if weeks else None,
        f"Too few cases were judged by two: {report.twice:,} were given to two, "
        f"{report.waiting:,} of them wait.",
        ("Week of", "Alpha", f"{report.confidence:.0%} interval", "Cases"),
        tuple(
            (w.week, f"{value:.2f}", f"{lower:.2f} to {upper:.2f}", f"{w.figure.cases:,}")
            for w, (value, lower, upper) in zip(weeks, values, strict=True)
        ),
        up="alpha",
        across="week of",
    )


def calibration(report: ReliabilityReport) -> Chart:
    """P(good) against what reviewers found."""
    bins = report.calibration.bins if report.calibration else ()
    return Chart(
        "Is P(good) right?",
        "Of answers with about the same P(good), the share that reviewers find good. On the dashed "
        "line it would be right.",
        "points",
        curve([(b.predicted, b.observed, b.low, b.high) for b in bins]) if bins else None,
        f"Too few decisions yet: {report.decisions:,}.",
        ("P(good)", "Found good", f"{report.confidence:.0%} interval", "Decisions"),
        tuple(
            (
                f"{b.predicted:.0%}",
                f"{b.observed:.0%}",
                f"{b.low:.0%} to {b.high:.0%}",
                f"{b.decisions:,}",
            )
            for b in bins
        ),
        up="found good by reviewers",
        across="P(good) when the case was proposed",
        diagonal=diagonal(),
    )


def shares(report: ShareReport) -> Chart:
    """What share of all waiting cases reviewers would approve, estimated from the draws."""
    aged = [(_age(back), s) for back, s in enumerate(report.rounds)][::-1]
    aged += [("all", report.whole)] if report.whole else []
    known = [s for _, s in aged if s.value is not None]
    ages = [age for age, s in aged if s.value is not None]
    values = [_ends(s.value or 0.0, s.low, s.high) for s in known]
    return Chart(
        "Would be approved, of all that waited",
        "Estimated from drawn cases by their known odds, so that picking telling ones does not "
        "bend it.",
        "points",
        points(ages, values) if known else None,
        "No round of drawn cases has decisions yet.",
        ("Round", "Share", f"{report.confidence:.0%} interval", "Decided of drawn", "Plain share"),
        tuple(
            (
                _round_name(s.name),
                f"{value:.0%}",
                f"{lower:.0%} to {upper:.0%}",
                f"{s.decided:,} of {s.drawn:,}",
                "–" if s.naive is None else f"{s.naive:.0%}",
            )
            for s, (value, lower, upper) in zip(known, values, strict=True)
        ),
        up="approved",
        across="round of drawn cases",
    )


def busy(title: str) -> Chart:
    """In place of a chart whose facts could not be read just now."""
    return Chart(title, "", "points", None, "The database is busy; load the page again.")


def _ends(value: float, low: float | None, high: float | None) -> tuple[float, float, float]:
    """An estimate without an interval is its own."""
    return value, value if low is None else low, value if high is None else high


def _round_name(name: str) -> str:
    return name if len(name) <= 9 else name[:9]


def _age(back: int) -> str:
    """A round's place: its id, in the table, tells nobody which it was."""
    return f"{back} before" if back else "newest"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
