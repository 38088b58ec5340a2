"""One decision about many cases, a few at a time: others who decide meanwhile hardly wait."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic, sleep, time
from typing import Final, NamedTuple

from flywheel.desk import queue
from flywheel.desk.records import BulkReport, Entry, Filters, Viewer
from flywheel.desk.requests import RequestKey, begin_many, is_taken, keep_taken, taken
from flywheel.desk.tables import Tables
from flywheel.errors import ConflictError, InputError, StoreError
from schemas.decision import Decision

_TURN_S: Final = 0.02
"""How long one transaction goes on taking cases."""
_PAUSE_S: Final = 0.03
"""SQLite has no queue of who waits: without a pause the next turn begins before they look."""

Write = Callable[[sqlite3.Connection, Decision], bool]
"""Decides one case within a transaction, or raises `InputError`; whether it is a new judgement."""


class _Done(NamedTuple):
    """What became of one case."""

    candidate_id: str
    refused: str | None = None
    judges: bool = False
    is_mine: bool = True
    """Else the same request took it, at the same time as this."""


@dataclass(frozen=True)
class Bulk:
    """A decision about all cases that the filters show."""

    tables: Tables
    filters: Filters
    viewer: Viewer
    expected: int
    request: RequestKey | None
    """By which it is known again."""

    def select(self) -> list[Entry]:
        """The cases to decide: not those that the same request took before.

        Raises `ConflictError` when those together are not as many as expected, or when another
        request had the key.
        """
        with self.tables.reading() as connection:
            before = self._before(connection)
            most = self.expected + 1 + len(before)
            found = queue.find(connection, self.filters, self.viewer, most, 0)
        entries = [entry for entry in found if entry.candidate_id not in before]
        if len(entries) + len(before) != self.expected:
            raise ConflictError(
                f"the filters do not show {self.expected:,} cases any more: look again, "
                "then repeat it"
            )
        return entries

    def write(
        self, decisions: Sequence[Decision], decide: Write, on_judged: Callable[[int], object]
    ) -> BulkReport:
        """Decide, in turns; what somebody else has decided meanwhile is left as it is, and told.

        `on_judged` hears after each turn how many judgements are durable.
        """
        done: list[_Done] = []
        rest = iter(decisions)
        try:
            while turn := self._turn(rest, decide):
                done += turn
                on_judged(sum(one.judges for one in turn))
                sleep(_PAUSE_S)
        except StoreError as error:
            if not done:
                raise
            raise StoreError(
                f"{error}. {_decided(done):,} of {self.expected:,} cases were decided before: "
                "the same request does the rest"
            ) from None
        return self._report(done)

    def _turn(self, rest: Iterator[Decision], decide: Write) -> list[_Done]:
        """One transaction, and the cases that it took."""
        done: list[_Done] = []
        with self.tables.writing() as connection:
            if self.request is not None:
                begin_many(connection, self.request, time())
            until = monotonic() + _TURN_S
            for decision in rest:
                done.append(self._one(connection, decision, decide))
                if monotonic() >= until:
                    break
        return done

    def _one(self, connection: sqlite3.Connection, decision: Decision, decide: Write) -> _Done:
        id, request = decision.candidate_id, self.request
        if request is not None and is_taken(connection, request, id):
            return _Done(id, is_mine=False)
        done = _Done(id, "It was decided meanwhile, or changed: look at it again.")
        if queue.shows(connection, self.filters, self.viewer, id):
            try:
                done = _Done(id, judges=decide(connection, decision))
            except InputError as error:
                done = _Done(id, str(error))
        if request is not None:
            keep_taken(connection, request, id, done.refused)
        return done

    def _before(self, connection: sqlite3.Connection) -> dict[str, str | None]:
        return {} if self.request is None else taken(connection, self.request)

    def _report(self, done: Sequence[_Done]) -> BulkReport:
        """Of a request that was said before, too: what it did with all of its cases."""
        decided = _decided(done)
        if self.request is None:
            all = {one.candidate_id: one.refused for one in done}
        else:
            with self.tables.reading() as connection:
                all = self._before(connection)
        refused = tuple((id, why) for id, why in all.items() if why is not None)
        return BulkReport(
            decided=decided, already=len(all) - len(refused) - decided, refused=refused
        )


def _decided(done: Sequence[_Done]) -> int:
    return sum(one.is_mine and one.refused is None for one in done)
