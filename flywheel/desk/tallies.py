"""Counts the queue by each choice of a filter, from numbers that are kept as cases change."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from time import time
from typing import Final, NamedTuple

from flywheel.desk.choice import FACETS, Choice
from flywheel.desk.records import Counts, Filters, Viewer

STATES: Final = ("pending", "disputed", "approved", "rejected")
_SLOW: Final = ("text", "since", "until", "drawn")
"""Filters that the numbers do not know."""


class Group(NamedTuple):
    """Cases that no filter here tells apart."""

    state: str
    own_state: str
    """For who is bound to its tenant."""
    private: int
    """1: pending, but not for everybody: sent to somebody, or judged by one of two."""
    target: str
    feature: str | None
    tenant: str | None
    model: str | None
    reason: str
    signals: str
    many: int


def can_count(filters: Filters) -> bool:
    """Whether the kept numbers answer this; else the cases have to be looked at."""
    looked_at = filters.mine or filters.passed
    return not looked_at and all(getattr(filters, name) is None for name in _SLOW)


def count(connection: sqlite3.Connection, filters: Filters, viewer: Viewer) -> Counts:
    """What each choice would show to this viewer."""
    groups = list(_groups(connection, viewer))
    by_state = dict.fromkeys(STATES, 0)
    for group in groups:
        if group.state in by_state and _fits(group, filters):
            by_state[group.state] += group.many
    inside = [group for group in groups if group.state == filters.state]
    facets = {name: _facet(inside, filters, name, _value_of(name)) for name in FACETS}
    facets["signal"] = _facet(inside, filters, "signal", lambda group: group.signals.split())
    return Counts(by_state=by_state, shown=by_state[filters.state], facets=facets)


def shown(connection: sqlite3.Connection, filters: Filters, viewer: Viewer) -> int:
    """How many cases the filters show."""
    return sum(
        group.many
        for group in _groups(connection, viewer)
        if group.state == filters.state and _fits(group, filters)
    )


def _groups(connection: sqlite3.Connection, viewer: Viewer) -> Iterator[Group]:
    """Those that this viewer may see."""
    for row in connection.execute("SELECT key, count FROM tallies WHERE count > 0"):
        group = Group._make([*json.loads(row["key"]), row["count"]])
        if viewer.tenant is not None and group.own_state != group.state:
            group = group._replace(state=group.own_state, private=0)
        if not group.private and viewer.tenant in (None, group.tenant):
            yield group
    # The few that are not everybody's, one by one.
    mine = Choice(Filters(state="pending"), viewer, time())
    rows = connection.execute(
        "SELECT state, own_state, private, target, feature, tenant, model, reason_code, signals, 1 "  # noqa: S608
        f"FROM cases INDEXED BY cases_private WHERE private AND {mine.where()}",
        mine.values,
    )
    yield from (Group(*row) for row in rows)


def _fits(group: Group, filters: Filters, without: str = "") -> bool:
    for name in FACETS:
        wanted = getattr(filters, name)
        if name != without and wanted is not None and getattr(group, name) != wanted:
            return False
    return without == "signal" or filters.signal is None or f" {filters.signal} " in group.signals


def _value_of(name: str) -> Callable[[Group], list[str]]:
    def values(group: Group) -> list[str]:
        value: str | None = getattr(group, name)
        return [] if value is None else [value]

    return values


def _facet(
    groups: list[Group], filters: Filters, name: str, values: Callable[[Group], list[str]]
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for group in groups:
        if _fits(group, filters, without=name):
            for value in values(group):
                counts[value] += group.many
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
