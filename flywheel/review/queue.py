"""What the queue's address says: which cases, in words too, and the way to any other selection."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from flywheel.desk import Counts, Entry, Filters
from flywheel.review.why import Why, say_draw, say_why

PAGE_SIZE: Final = 25

STATES: Final = (
    ("pending", "Pending"),
    ("disputed", "Disputed"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
)
FACETS: Final = ("target", "feature", "tenant", "model", "reason", "signal")
_BEHIND: Final = ("tenant", "reason", "model", "drawn", "since", "until", "passed")
"""Filters that stand behind "More filters"."""

Choice = tuple[str, int]


class Address(NamedTuple):
    """Where a reviewer stands: the filters that go along from page to page."""

    filters: Filters = Filters()

    def query(self, **changes: str | int | None) -> str:
        """The query string, `?` included, with some values changed; empty without any."""
        values: dict[str, str | int | None] = {**dict(self._set()), **changes}
        if values.get("state") == "pending":
            del values["state"]
        kept = {name: value for name, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def only_state(self) -> str:
        """The query string without any filter but the state."""
        return Address(Filters(state=self.filters.state)).query()

    @property
    def filtered(self) -> bool:
        """Whether anything but the state is chosen."""
        return any(name != "state" for name, _ in self._set())

    @property
    def more_open(self) -> bool:
        """Whether a filter is set that stands behind "More filters"."""
        return any(getattr(self.filters, name) for name in _BEHIND)

    @property
    def said(self) -> str:
        """The filters in words; empty without any."""
        return ", ".join(self._words())

    def _set(self) -> Iterator[tuple[str, str | int]]:
        for name in Filters.model_fields:
            value = getattr(self.filters, name)
            if value:
                yield name, 1 if value is True else value

    def _words(self) -> Iterator[str]:
        filters = self.filters
        for name in ("target", "feature", "tenant", "model", "reason", "signal"):
            value = getattr(filters, name)
            if value:
                yield f"{name} {value.replace('_', ' ') if name in ('reason', 'signal') else value}"
        drawn = "drawn by lot" if filters.drawn == "random" else "drawn as most telling"
        mine = "sent to me" if filters.state == "pending" else "decided by me"
        for chosen, words in (
            (filters.drawn, drawn),
            (filters.since, f"answered from {filters.since}"),
            (filters.until, f"answered up to {filters.until}"),
            (filters.text, f"words like “{filters.text}”"),
            (filters.passed, "passed on to a colleague"),
            (filters.mine, mine),
        ):
            if chosen:
                yield words


class Listed(NamedTuple):
    """A case in the list, with why it is there in words."""

    entry: Entry
    why: Why
    draw: str | None


def listed(entry: Entry) -> Listed:
    """An entry as the list shows it."""
    why = say_why(entry.reason, entry.reason_code, entry.answer, entry.ideal)
    draw = say_draw(entry.stratum, entry.probability, entry.population, entry.drawn_why)
    return Listed(entry, why, draw if entry.state == "pending" else None)


def choices(counts: Counts, filters: Filters) -> dict[str, list[Choice]]:
    """What each filter can be set to, the most frequent first; what is chosen is always there."""
    return {name: _choices(counts.facets.get(name, {}), getattr(filters, name)) for name in FACETS}


def _choices(found: Mapping[str, int], chosen: str | None) -> list[Choice]:
    known = dict(found) | ({chosen: 0} if chosen and chosen not in found else {})
    return sorted(
        ((value, number) for value, number in known.items() if value),
        key=lambda choice: (-choice[1], choice[0]),
    )
