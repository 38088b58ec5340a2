"""Where a reviewer stands in the queue: the filter in the address, the order, what comes next."""

from typing import Final, NamedTuple
from urllib.parse import urlencode

from flywheel.store import Store
from flywheel.store.sql import sql
from schemas.base import Record
from schemas.candidate import CandidateCount, State, Target

PAGE_SIZE: Final = 25


class Filters(Record):
    """What the address narrows the queue to; it goes along from page to page."""

    state: State = "pending"
    target: Target | None = None
    feature: str | None = None

    def query(self, **changes: str | int | None) -> str:
        """The query string, `?` included, with some values changed; empty without any."""
        values: dict[str, str | int | None] = {
            "state": None if self.state == "pending" else self.state,
            "target": self.target,
            "feature": self.feature,
        }
        kept = {name: value for name, value in (values | changes).items() if value}
        return f"?{urlencode(kept)}" if kept else ""


class Place(NamedTuple):
    """One candidate in the queue's order."""

    candidate_id: str
    target: str
    feature: str | None
    skipped: bool


class Queue(NamedTuple):
    """All candidates of one state in order, the texts left in the store."""

    places: tuple[Place, ...]

    def narrow(self, filters: Filters) -> "Queue":
        """Those that the filters let through."""
        return Queue(
            tuple(
                place
                for place in self.places
                if filters.target in (None, place.target)
                and filters.feature in (None, place.feature)
            )
        )

    @property
    def finished(self) -> bool:
        """Whether nobody has to decide any more: empty, or only skipped ones are left."""
        return all(place.skipped for place in self.places)

    def position(self, candidate_id: str) -> int | None:
        """0-based; None when the candidate is not here."""
        ids = [place.candidate_id for place in self.places]
        return ids.index(candidate_id) if candidate_id in ids else None

    def at(self, position: int) -> str | None:
        """The candidate at a position, None beyond the ends."""
        in_range = 0 <= position < len(self.places)
        return self.places[position].candidate_id if in_range else None

    def after(self, candidate_id: str) -> str | None:
        """What opens once this one is decided: the one behind it, then fresh ones passed over."""
        position = self.position(candidate_id)
        if position is None:
            return self.at(0)
        behind = self.at(position + 1)
        if behind is not None:
            return behind
        fresh = (p.candidate_id for p in self.places[:position] if not p.skipped)
        return next(fresh, None)


def read_queue(store: Store, state: State = "pending", tenant: str | None = None) -> Queue:
    """The order of one state's candidates, the most telling first, skipped ones last.

    Of one tenant; None: of all.
    """
    values = {"state": state, "tenant": tenant}
    with store.transaction() as connection:
        rows = connection.execute(sql("queue_order"), values).fetchall()
    return Queue(tuple(Place(*row) for row in rows))


class Totals(NamedTuple):
    """Counts for the tabs and the filters' lists."""

    by_state: dict[str, int]
    """Within the chosen target and feature."""
    features: tuple[str, ...]
    """Every feature that any candidate has."""
    shown: int
    """What the filters let through."""


def total(counts: list[CandidateCount], filters: Filters) -> Totals:
    """Add up what `count_candidates` gave, as the filters see it."""
    by_state = {"pending": 0, "approved": 0, "rejected": 0}
    for count in counts:
        if filters.target in (None, count.target) and filters.feature in (None, count.feature):
            by_state[count.state] += count.count
    features = sorted({count.feature for count in counts if count.feature})
    return Totals(by_state, tuple(features), by_state[filters.state])
