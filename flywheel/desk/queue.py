"""Reads the desk's queue: a page of it, how many there are, and which case comes next."""

import sqlite3
from time import time
from typing import Any, Final

from flywheel.desk import tallies
from flywheel.desk.choice import FACETS, OPEN_BY, ORDER, SKIPPED, Choice, tenant_of
from flywheel.desk.own import told
from flywheel.desk.records import Counts, Entry, Filters, Viewer

_SHOWN: Final = tuple(name for name in Entry._fields if name not in ("skipped", "open_by"))
_KEPT: Final = ("own", "own_state", "because", "decision_id")
"""What of a row the viewer's part is made of."""
_FLAGS: Final = ("unwritten", "reopened", "skipped")


def find(
    connection: sqlite3.Connection, filters: Filters, viewer: Viewer, limit: int, offset: int
) -> list[Entry]:
    """A page of the queue; what the viewer skipped comes last."""
    choice = Choice(filters, viewer, time())
    if filters.state not in ("pending", "disputed"):
        order = "decided_at DESC, candidate_id"
        return _select(connection, choice, "", order, limit, offset)
    found = _select(connection, choice, f" AND NOT {SKIPPED}", ORDER, limit, offset)
    if len(found) < limit:
        ahead = _count(connection, choice, f" AND NOT {SKIPPED}") if offset else 0
        rest = max(0, offset - ahead)
        found += _select(connection, choice, f" AND {SKIPPED}", ORDER, limit - len(found), rest)
    return found


def shows(
    connection: sqlite3.Connection, filters: Filters, viewer: Viewer, candidate_id: str
) -> bool:
    """Whether a case is among those that the filters show."""
    choice = Choice(filters, viewer, time())
    values = choice.values | {"candidate_id": candidate_id}
    query = f"SELECT 1 FROM cases WHERE candidate_id = :candidate_id AND {choice.where()}"  # noqa: S608
    return connection.execute(query, values).fetchone() is not None


def _select(
    connection: sqlite3.Connection, choice: Choice, more: str, order: str, limit: int, offset: int
) -> list[Entry]:
    rows = connection.execute(
        f"SELECT {', '.join((*_SHOWN, *_KEPT))}, {SKIPPED} AS skipped, {OPEN_BY} AS open_by "  # noqa: S608
        f"FROM cases WHERE {choice.where()}{more} ORDER BY {order} LIMIT :limit OFFSET :offset",
        choice.values | {"limit": limit, "offset": offset},
    )
    return [_entry(told(dict(row), choice.viewer)) for row in rows]


def _entry(row: dict[str, Any]) -> Entry:
    flags = {name: bool(row[name]) for name in _FLAGS}
    return Entry(**{name: value for name, value in row.items() if name not in _KEPT} | flags)


def _count(connection: sqlite3.Connection, choice: Choice, more: str = "") -> int:
    query = f"SELECT count(*) FROM cases WHERE {choice.where()}{more}"  # noqa: S608
    count: int = connection.execute(query, choice.values).fetchone()[0]
    return count


def count(connection: sqlite3.Connection, filters: Filters, viewer: Viewer) -> Counts:
    """How many cases each choice would show."""
    if tallies.can_count(filters):
        return tallies.count(connection, filters, viewer)
    by_state = {}
    for state in tallies.STATES:
        one = Choice(filters.model_copy(update={"state": state}), viewer, time())
        by_state[state] = _count(connection, one)
    choice = Choice(filters, viewer, time())
    facets = {name: _facet(connection, choice, name) for name in FACETS}
    facets["signal"] = _signals(connection, choice)
    return Counts(by_state=by_state, shown=by_state[filters.state], facets=facets)


def shown(connection: sqlite3.Connection, filters: Filters, viewer: Viewer) -> int:
    """How many cases the filters show."""
    if tallies.can_count(filters):
        return tallies.shown(connection, filters, viewer)
    return _count(connection, Choice(filters, viewer, time()))


def _facet(connection: sqlite3.Connection, choice: Choice, name: str) -> dict[str, int]:
    column = FACETS[name]
    rows = connection.execute(
        f"SELECT {column}, count(*) FROM cases WHERE {choice.where(name)} "  # noqa: S608
        f"AND {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        choice.values,
    )
    return dict(tuple(row) for row in rows)


def _signals(connection: sqlite3.Connection, choice: Choice) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT signals, count(*) FROM cases WHERE {choice.where('signal')} "  # noqa: S608
        "GROUP BY 1",
        choice.values,
    )
    counts: dict[str, int] = {}
    for signals, many in rows:
        for signal in signals.split():
            counts[signal] = counts.get(signal, 0) + many
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def step(
    connection: sqlite3.Connection,
    filters: Filters,
    viewer: Viewer,
    beside: str | None,
    *,
    back: bool = False,
) -> str | None:
    """The case after (before) one, passing by what others have open; None: there is none.

    Forward it goes round: after the last comes the first, then what was skipped.
    """
    choice = Choice(filters, viewer, time())
    free = f" AND candidate_id IS NOT :beside AND {OPEN_BY} IS NULL"
    choice.values["beside"] = beside
    fresh = f"{free} AND NOT {SKIPPED}"
    if beside is not None and (found := _beside(connection, choice, fresh, back)):
        return found
    if back:
        return None
    skipped = f"{free} AND {SKIPPED}"
    return (
        _first(connection, choice, fresh)
        or (beside and _beside(connection, choice, skipped, back))
        or _first(connection, choice, skipped)
    )


def _beside(connection: sqlite3.Connection, choice: Choice, more: str, back: bool) -> str | None:
    seen, values = tenant_of(choice.viewer)
    query = f"SELECT {ORDER} FROM cases WHERE candidate_id = :beside AND {seen}"  # noqa: S608
    row = connection.execute(query, choice.values | values).fetchone()
    if row is None:
        return None
    place = dict(zip(("p1", "p2", "p3", "p4"), row, strict=True))
    sign, order = ("<", _reversed(ORDER)) if back else (">", ORDER)
    more = f"{more} AND ({ORDER}) {sign} (:p1, :p2, :p3, :p4)"
    return _first(connection, choice, more, place, order)


def _first(
    connection: sqlite3.Connection,
    choice: Choice,
    more: str,
    place: dict[str, Any] | None = None,
    order: str = ORDER,
) -> str | None:
    row = connection.execute(
        f"SELECT candidate_id FROM cases WHERE {choice.where()}{more} "  # noqa: S608
        f"ORDER BY {order} LIMIT 1",
        choice.values | (place or {}),
    ).fetchone()
    return None if row is None else str(row[0])


def _reversed(order: str) -> str:
    return ", ".join(f"{column} DESC" for column in order.split(", "))
