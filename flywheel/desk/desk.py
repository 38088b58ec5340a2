"""The desk: what the review page and its API read, and where a decision is durable at once."""

import logging
from collections.abc import Callable
from contextlib import suppress
from sqlite3 import Connection
from threading import Event, Lock, Thread
from time import monotonic, time
from typing import Any, Final

from flywheel.decisions import NO_CASE, after
from flywheel.desk import queue
from flywheel.desk.allowed import check_allowed, judges, says
from flywheel.desk.blind import UNSETTLED, Withheld, is_unsettled, is_verdict, told_others
from flywheel.desk.bulk import Bulk
from flywheel.desk.choice import OPEN_BY, tenant_of
from flywheel.desk.known import KnownPeople
from flywheel.desk.mirror import Progress, check_read, refresh, restand
from flywheel.desk.outbox import decisions_about, keep, made_of, settle_from
from flywheel.desk.overlay import overlaid
from flywheel.desk.own import told, told_made, told_view
from flywheel.desk.records import (
    BulkReport,
    CaseFile,
    Counts,
    Entry,
    Filters,
    Lease,
    Made,
    Said,
    Viewer,
)
from flywheel.desk.refill import Refill
from flywheel.desk.requests import RequestKey, answer_of, keep_answer
from flywheel.desk.seen import check_seen
from flywheel.desk.tables import FILE, Row, Tables
from flywheel.errors import FlywheelError, InputError, StoreError
from flywheel.settings import Settings
from flywheel.steps.decide import scrub_decision, scrub_decisions
from flywheel.store import Store, open_store
from schemas.decision import Decision, Verdict

_POLL_S: Final = 1.0
_COUNTS_S: Final = 60.0
"""Beside a running server, how often cases were asked is read so often at the most."""
_FEW: Final = 2_000
"""With no more cases a page waits for what is new; else that is left to the background."""
_PAGE_WAIT_S: Final = 0.25
"""... for as long at the most as an ingest has its turn at the database."""
_LAST_S: Final = 3.0
"""How long the end waits for the database: decisions are on the disk, whoever runs next settles."""
_FIRST_S: Final = 2.0
"""How long a page waits for the first reading of the queue."""
_MOST_OPEN: Final = 50
_FIRST_OPENED: Final = """
DELETE FROM leases WHERE reviewer = ? AND rowid NOT IN (
    SELECT rowid FROM leases WHERE reviewer = ? ORDER BY rowid DESC LIMIT ?
)
"""
_LEFT: Final = f"what is not settled waits in {FILE} for the next command or start"
_Known = dict[str, Any]  # a row of `cases` as its viewer may know it
_log = logging.getLogger(__name__)


class Desk:
    """The queue, leases and decisions; one for all threads of a server."""

    def __init__(self, settings: Settings) -> None:
        """Open (or make) the desk of a home. Raises `StoreError`."""
        self._settings = settings
        self._store = open_store(settings)
        self._tables = Tables(settings.home / FILE)
        self.people = KnownPeople(settings, self._tables)
        self._lock = Lock()
        self._seen: tuple[int, ...] | None = None
        self._counted: tuple[int, ...] | None = None
        self._counted_at = float("-inf")
        self._reading: tuple[int, int] | None = None
        self._refill = Refill(settings)
        self._hasty = Store(self._store.path, _PAGE_WAIT_S)
        self._wake, self._stopped, self._first = Event(), Event(), Event()
        self._thread: Thread | None = None
        self.on_judged: Callable[[int], object] = lambda count: None
        """Hears how many judgements were made or taken back, each once, when they are durable."""

    # --- keeping up -------------------------------------------------------------------------------

    def start(self) -> None:
        """Settle and refresh in the background until `stop`."""
        self._stopped.clear()
        self._thread = Thread(target=self._keep_up, name="desk", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread, and settle what is left, if the database can be had soon."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_LAST_S)
            self._thread = None
        if not self._lock.acquire(timeout=_LAST_S):  # it waits for the database in there
            _log.warning("another process has the database: %s", _LEFT)
            return
        try:
            hasty = self._settings.model_copy(update={"lock_timeout_s": _LAST_S})
            settle_from(self._tables, hasty)
        except FlywheelError as error:
            _log.warning("%s: %s", error, _LEFT)
        finally:
            self._lock.release()

    def settle(self) -> int:
        """Append to the facts the decisions that are not there yet; gives how many."""
        with self._lock:
            return settle_from(self._tables, self._settings)

    def refresh(self, progress: Progress | None = None) -> None:
        """Read what is new among the facts, whoever wrote it."""
        with self._lock:
            self._refresh(self._store, progress)

    def _refresh(self, store: Store, progress: Progress | None = None) -> None:
        seen, counts = self._fingerprint(), self._thread is None or self._counts_are_due()
        try:
            refresh(self._tables, store, progress or self._tell, counts=counts)
        finally:
            self._reading = None
        self._seen = seen
        if counts:
            self._counted_at, self._counted = monotonic(), seen

    @property
    def reading(self) -> tuple[int, int] | None:
        """How many cases have been read, and of how many, while many are; else None."""
        return self._reading

    @property
    def is_read(self) -> bool:
        """Whether the facts were read since the start: before, nothing here means nothing."""
        return self._seen is not None

    def _tell(self, done: int, total: int) -> None:
        self._reading = (done, total) if total > _FEW else None

    def _counts_are_due(self) -> bool:
        is_old = monotonic() - self._counted_at >= _COUNTS_S
        return is_old and self._counted != self._fingerprint()

    def _fingerprint(self) -> tuple[int, ...]:
        """Of the database's files: equal while nobody wrote to them."""
        found: list[int] = []
        for path in (self._store.path, self._store.path.with_name(f"{self._store.path.name}.wal")):
            try:
                stat = path.stat()
            except OSError:
                found += [0, 0]
            else:
                found += [stat.st_mtime_ns, stat.st_size]
        return tuple(found)

    def _catch_up(self) -> None:
        """Before a page is read: refresh, unless the background does; then it is told to."""
        if self._seen == self._fingerprint() or self._many():
            return
        if self._thread is not None:
            self._wake.set()
            if self._seen is None:  # just begun: what is there after a moment is shown
                self._first.wait(_FIRST_S)
            return
        with self._lock, suppress(StoreError):  # the background tries again, and says why not
            if self._seen != self._fingerprint():
                self._refresh(self._hasty)

    def _many(self) -> bool:
        if self._seen is None:
            return False
        with self._tables.reading() as connection:
            [last] = connection.execute("SELECT coalesce(max(id), 0) FROM cases").fetchone()
        return bool(last > _FEW)

    def _keep_up(self) -> None:
        said = ""
        while not self._stopped.is_set():
            self._wake.wait(_POLL_S)
            self._wake.clear()
            try:
                self.settle()
                if self._seen != self._fingerprint() or self._counts_are_due():
                    self.refresh()
                self._first.set()
                if self._refill.look(self._tables):
                    self.refresh()
                said = ""
            except FlywheelError as error:  # of the store: its message quotes nothing
                if str(error) != said:  # a full disk stays full for hours
                    said = str(error)
                    _log.warning("the queue is behind, and is tried again: %s", said)
            except Exception as error:
                _log.error("the queue is behind: a bug (%s)", type(error).__name__)

    # --- reading ----------------------------------------------------------------------------------

    def find(
        self, filters: Filters, viewer: Viewer, *, limit: int = 50, offset: int = 0
    ) -> list[Entry]:
        """A page of the queue, the most telling first."""
        self._catch_up()
        with self._tables.reading() as connection:
            return queue.find(connection, filters, viewer, limit, offset)

    def count(self, filters: Filters, viewer: Viewer) -> Counts:
        """How many cases there are by each choice."""
        self._catch_up()
        with self._tables.reading() as connection:
            return queue.count(connection, filters, viewer)

    def shown(self, filters: Filters, viewer: Viewer) -> int:
        """How many cases the filters show; less work than `count`."""
        self._catch_up()
        with self._tables.reading() as connection:
            return queue.shown(connection, filters, viewer)

    def next(self, filters: Filters, viewer: Viewer, after: str | None = None) -> str | None:
        """The case to open next, passing by what others have open; None: there is none."""
        self._catch_up()
        with self._tables.reading() as connection:
            return queue.step(connection, filters, viewer, after)

    def previous(self, filters: Filters, viewer: Viewer, before: str) -> str | None:
        """The case before one in the queue."""
        with self._tables.reading() as connection:
            return queue.step(connection, filters, viewer, before, back=True)

    def case(self, candidate_id: str, viewer: Viewer) -> CaseFile | None:
        """A case as this viewer may know it; None for an unknown one and for another tenant's."""
        self._catch_up()
        with self._tables.reading() as connection:
            row = _row(connection, candidate_id, viewer)
            if row is None:
                return None
            made = decisions_about(connection, candidate_id)
        mine = tuple(reversed([one for one in made if one.decision.reviewer == viewer.name]))
        others = tuple(told_made(one, viewer) for one in told_others(row, made, viewer))
        if is_unsettled(row) and row["state"] == "pending":
            row["given"] = int(any(map(is_verdict, mine)))
        holder = row["open_by"]
        lease = None if holder is None else Lease(candidate_id, holder, row["open_until"])
        return CaseFile(told_view(overlaid(row, made), row, viewer), mine, others, lease)

    def last(self, viewer: Viewer, decision_id: str | None = None) -> Made | None:
        """The viewer's newest decision that stands; or the one of this id, taken back or not."""
        condition, bound = tenant_of(viewer)  # who was bound since has no say in what was before
        query = (
            "SELECT * FROM decisions WHERE reviewer = :viewer "  # noqa: S608
            "AND CASE WHEN :id IS NULL THEN NOT undone ELSE decision_id = :id END "
            f"AND verdict <> 'undo' AND {_about(condition)} "
            "ORDER BY decided_at DESC, rowid DESC LIMIT 1"
        )
        values = bound | {"viewer": viewer.name, "id": decision_id}
        with self._tables.reading() as connection:
            found = made_of(connection.execute(query, values))
        return found[0] if found else None

    def decisions(self, viewer: Viewer | None = None, since: str | None = None) -> list[Made]:
        """Everybody's decisions in order, or one's; `since` an ISO time. Of a bound viewer's tenant
        alone: give a viewer without name for all of that tenant.
        """
        conditions, values = ["decided_at >= :since"], {"since": since or ""}
        if viewer is not None and viewer.name:
            conditions.append("reviewer = :viewer")
            values["viewer"] = viewer.name
        if viewer is not None and viewer.tenant is not None:
            condition, bound = tenant_of(viewer)
            conditions.append(_about(condition))
            values |= bound
        query = f"SELECT * FROM decisions WHERE {' AND '.join(conditions)}"  # noqa: S608
        with self._tables.reading() as connection:
            return list(made_of(connection.execute(f"{query} ORDER BY decided_at, rowid", values)))

    def withheld(self) -> Withheld:
        """Of which cases the audit does not tell all yet, to leads either."""
        query = f"SELECT candidate_id, state FROM cases WHERE {UNSETTLED}"  # noqa: S608
        found: dict[str, list[str]] = {"pending": [], "disputed": []}
        self._catch_up()
        with self._tables.reading() as connection:
            for id, state in connection.execute(query):
                found.setdefault("disputed" if state == "disputed" else "pending", []).append(id)
        return Withheld(frozenset(found["pending"]), frozenset(found["disputed"]))

    # --- leases -----------------------------------------------------------------------------------

    def take(self, candidate_id: str, viewer: Viewer, seconds: float = 300) -> Lease | None:
        """Open a case, or keep it open; gives who holds it. None: no such case for this viewer.

        While somebody else holds it, it is theirs: the lease that is given names them. Nobody holds
        more than 50: what was opened first is let go.
        """
        self._catch_up()
        now = time()
        with self._tables.writing() as connection:
            row = _row(connection, candidate_id, viewer)
            if row is None:
                return None
            if row["open_by"] is not None:
                return Lease(candidate_id, row["open_by"], row["open_until"])
            connection.execute("DELETE FROM leases WHERE until <= ?", [now])
            connection.execute(
                "REPLACE INTO leases VALUES (?, ?, ?)", [candidate_id, viewer.name, now + seconds]
            )
            connection.execute(_FIRST_OPENED, [viewer.name, viewer.name, _MOST_OPEN])
        return Lease(candidate_id, viewer.name, now + seconds)

    def give_back(self, candidate_id: str, viewer: Viewer) -> None:
        """Let others have a case."""
        with self._tables.writing() as connection:
            _give_back(connection, candidate_id, viewer)

    # --- deciding ---------------------------------------------------------------------------------

    def decide(
        self,
        decision: Decision,
        viewer: Viewer,
        request: RequestKey | None = None,
        *,
        state: str | None = None,
        force: bool = False,
    ) -> str:
        """Write a decision down, scrubbed; on the disk when this returns its id.

        Said twice it is one decision; a `request` that was answered before gets that answer,
        whatever was decided in between. Raises `MeanwhileError`, unless `force`, when somebody else
        has the case open, or it is not as it was shown: in this `state`, with the decision's
        `text_version`; `InputError` for a case that this viewer has not, an approval without an
        ideal output, an adjudication that is not the viewer's to make, and what `scrub_decision`
        refuses; `StoreError` when it could not be written.
        """
        sent_to = decision.sent_to and self.people.recorded(decision.sent_to)
        decision = decision.model_copy(update={"reviewer": viewer.name, "sent_to": sent_to})
        scrubbed = scrub_decision(self._settings, decision)
        self._catch_up()
        with self._tables.writing() as connection:
            if request is not None and (known := answer_of(connection, request)):
                return known
            said = _decide(connection, scrubbed, viewer, state=state, force=force)
            if request is not None:
                keep_answer(connection, request, said.decision_id, time())
        self._tell_judged(said.judges)
        return said.decision_id

    def decide_all(
        self,
        filters: Filters,
        viewer: Viewer,
        make: Callable[[Entry], Decision],
        expected: int,
        request: RequestKey | None = None,
    ) -> BulkReport:
        """Decide all that the filters show, a few in each transaction.

        The same `request` again goes on where it was cut off, and decides nothing twice. Raises
        `InputError` when there are not `expected` cases any more, those that the request took
        before included: then nothing is decided. Raises `StoreError` when not all could be written;
        it says how many were.
        """
        self._catch_up()
        work = Bulk(self._tables, filters, viewer, expected, request)
        made = [make(entry).model_copy(update={"reviewer": viewer.name}) for entry in work.select()]
        scrubbed = scrub_decisions(self._settings, made)

        def write(connection: Connection, decision: Decision) -> bool:
            return _decide(connection, decision, viewer, force=True).judges

        work.select()  # scrubbing took its time
        return work.write(scrubbed, write, self._tell_judged)

    def _tell_judged(self, count: int) -> None:
        self._wake.set()
        if count:
            self.on_judged(count)


def _about(condition: str) -> str:
    """Of decisions: those about cases of which this holds."""
    return (  # one look-up for each; IN would read all cases first
        "EXISTS (SELECT 1 FROM cases "  # noqa: S608
        f"WHERE cases.candidate_id = decisions.candidate_id AND {condition})"
    )


def _row(connection: Any, candidate_id: str, viewer: Viewer) -> _Known | None:
    condition, values = tenant_of(viewer)
    until = (
        "(SELECT max(until) FROM leases WHERE leases.candidate_id = cases.candidate_id "
        "AND leases.reviewer <> :viewer)"
    )
    row: Row | None = connection.execute(
        f"SELECT *, {OPEN_BY} AS open_by, {until} AS open_until "  # noqa: S608 - names of this file
        f"FROM cases WHERE candidate_id = :candidate_id AND {condition}",
        values | {"candidate_id": candidate_id, "viewer": viewer.name, "now": time()},
    ).fetchone()
    if row is None:
        check_read(connection)
        return None
    return told(dict(row), viewer)


def _give_back(connection: Any, candidate_id: str, viewer: Viewer) -> None:
    connection.execute(
        "DELETE FROM leases WHERE candidate_id = ? AND reviewer = ?", [candidate_id, viewer.name]
    )


def _decide(
    connection: Any, decision: Decision, viewer: Viewer, *, state: str | None = None, force: bool
) -> Said:
    row = _row(connection, decision.candidate_id, viewer)
    if row is None:
        raise InputError(NO_CASE)
    made = decisions_about(connection, decision.candidate_id)
    newest = made[-1] if made else None
    if known := next((one for one in made if says(one, newest, decision, row)), None):
        return Said(known.decision_id, judges=False)
    if not force and decision.verdict is not Verdict.UNDO:
        check_seen(decision, row, made, state)
    check_allowed(decision, viewer, row, made)
    id = keep(connection, after(decision, newest and newest.decision.time))
    restand(connection, decision.candidate_id)
    _give_back(connection, decision.candidate_id, viewer)
    settles = not is_unsettled(row) or _is_settled(connection, decision.candidate_id)
    return Said(id, judges=settles and judges(decision, made))


def _is_settled(connection: Any, candidate_id: str) -> bool:
    """Not while one of two has judged: no release changes by that, and nobody is to know of it."""
    query = f"SELECT 1 FROM cases WHERE candidate_id = ? AND NOT ({UNSETTLED})"  # noqa: S608
    return connection.execute(query, [candidate_id]).fetchone() is not None
