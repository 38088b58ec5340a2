"""How far the day went: decided by one and by all, and how many cases are left."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Final, NamedTuple

from flywheel.desk import Desk, Filters, Made, Viewer
from schemas.decision import JUDGEMENTS

_FRESH_S: Final = 15.0
"""Counting is not for each page: what others did shows after so long at the latest."""


class Pace(NamedTuple):
    """What the bar on the pages shows."""

    mine: int
    """Decided today (UTC)."""
    hour: int
    """... in the last hour."""
    left: int
    """That these filters show."""
    team: int | None
    """Decided by all today; None for who may not see it."""


class Paces:
    """Counts decisions; what happens here counts at once, what happens elsewhere soon."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._made: dict[str | None, tuple[float, list[tuple[str, datetime]]]] = {}
        self._left: dict[tuple[Viewer, Filters], tuple[float, int]] = {}

    def of(self, viewer: Viewer, filters: Filters, *, team: bool) -> Pace:
        """How far this reviewer is, among what the filters show."""
        now = datetime.now(UTC)
        with self._lock:
            made, left = list(self._read(viewer, now)), self._count(viewer, filters)
        mine, hour = count_pace(made, viewer.name, now)
        return Pace(mine, hour, left, len(made) if team else None)

    def add(self, name: str, tenant: str | None, *, settles: bool = True) -> None:
        """One more judgement, made here and now, of a case of this tenant; without `settles` it
        waits for others as before: it is one of two, or nobody else's business.
        """
        with self._lock:
            for looking in {None, tenant} & self._made.keys():
                self._made[looking][1].append((name, datetime.now(UTC)))
            for key, (until, left) in self._left.items():
                if key[0].tenant in (None, tenant) and (settles or key[0].name == name):
                    self._left[key] = until, max(0, left - 1)

    def forget(self) -> None:
        """Much was decided, or taken back: count anew."""
        with self._lock:
            self._made.clear()
            self._left.clear()

    def _read(self, viewer: Viewer, now: datetime) -> list[tuple[str, datetime]]:
        """Who judged when today, of all that this viewer's tenant has."""
        until, made = self._made.get(viewer.tenant, (0.0, []))
        if until <= monotonic():
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            of_tenant = Viewer("", viewer.tenant)
            made = judged(self._desk.decisions(of_tenant, midnight.isoformat(timespec="seconds")))
            self._made[viewer.tenant] = monotonic() + _FRESH_S, made
        return made

    def _count(self, viewer: Viewer, filters: Filters) -> int:
        until, left = self._left.get((viewer, filters), (0.0, 0))
        if until <= monotonic():
            left, now = self._desk.shown(filters, viewer), monotonic()
            self._left = {key: known for key, known in self._left.items() if known[0] > now}
            self._left[viewer, filters] = now + _FRESH_S, left
        return left


def judged(made: Sequence[Made]) -> list[tuple[str, datetime]]:
    """Who judged when; what was taken back does not count."""
    return [
        (one.decision.reviewer, one.decision.time)
        for one in made
        if one.decision.verdict in JUDGEMENTS and not one.undone
    ]


def count_pace(made: Sequence[tuple[str, datetime]], name: str, now: datetime) -> tuple[int, int]:
    """One's judgements, and those of the last hour."""
    mine = [time for reviewer, time in made if reviewer == name]
    return len(mine), sum(time > now - timedelta(hours=1) for time in mine)
