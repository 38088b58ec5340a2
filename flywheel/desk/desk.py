"""The desk: what the review page and its API read, and where a decision is durable at once."""

import logging
from collections.abc import Callable
from contextlib import suppress
from sqlite3 import Connection
from threading import Event, Lock, Thread
from time import monotonic, time
from typing import Any, Final

from flywheel.decisions import NO_CASE, after, fact_of
from flywheel.desk import bulk, queue
from flywheel.desk.choice import OPEN_BY, tenant_of
from flywheel.desk.known import KnownPeople
from flywheel.desk.mirror import Progress, read_view, refresh, restand
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
    Viewer,
)
from flywheel.desk.refill import Refill
from flywheel.desk.requests import RequestKey, answer_of, keep_answer
from flywheel.desk.seen import check_seen
from flywheel.desk.tables import FILE, Row, Tables
from flywheel.errors import ConflictError, FlywheelError, InputError, StoreError
from flywheel.settings import Settings
from flywheel.steps.decide import scrub_decision, scrub_decisions
from flywheel.store import Store, open_store
from schemas.decision import JUDGEMENTS, Decision, Verdict

_POLL_S: Final = 1.0
_COUNTS_S: Final = 60.0
"""Beside a running server, how often cases were asked is read so often at the most."""
_FEW: Final = 2_000
"""With no more cases a page waits for what is new; else that is left to the background."""
_PAGE_WAIT_S: Final = 0.25
"""... for as long at the most as an ingest has its turn at the database."""
_FIRST_S: Final = 2.0
"""How long a page waits for the first reading of the queue."""
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

    # --- keeping up -------------------------------------------------------------------------------

    def start(self) -> None:
        """Settle and refresh in the background until `stop`."""
        self._stopped.clear()
        self._thread = Thread(target=self._keep_up, name="desk", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread, and settle what is left."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.settle()

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
            except FlywheelError as error:  # of the store: its message quotes nothing
                _log.warning("the queue is behind, and is tried again: %s", error)
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
        others = tuple(
            told_made(one, viewer)
            for one in reversed(made)
            if one.decision.reviewer != viewer.name and not one.undone and _may_know(row, viewer)
        )
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

    def blind(self) -> frozenset[str]:
        """The cases that two still judge: what one said is for nobody else yet, leads included."""
        query = (
            "SELECT candidate_id FROM cases WHERE state = 'pending' AND reviewers > 1 "
            "AND decision_id IS NULL"
        )
        self._catch_up()
        with self._tables.reading() as connection:
            return frozenset(row[0] for row in connection.execute(query))

    # --- leases -----------------------------------------------------------------------------------

    def take(self, candidate_id: str, viewer: Viewer, seconds: float = 300) -> Lease | None:
        """Open a case, or keep it open; gives who holds it. None: no such case for this viewer.

        While somebody else holds it, it is theirs: the lease that is given names them.
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
            id = _decide(connection, scrubbed, viewer, state=state, force=force)
            if request is not None:
                keep_answer(connection, request, id, time())
        self._wake.set()
        return id

    def decide_all(
        self,
        filters: Filters,
        viewer: Viewer,
        make: Callable[[Entry], Decision],
        expected: int,
    ) -> BulkReport:
        """Decide all that the filters show, a few in each transaction.

        Raises `InputError` when there are not `expected` of them any more, those that the same
        words decided before a kill included: then nothing is decided.
        """
        self._catch_up()
        entries, _ = bulk.select(self._tables, filters, viewer, make, expected)
        made = [make(entry).model_copy(update={"reviewer": viewer.name}) for entry in entries]
        scrubbed = scrub_decisions(self._settings, made)

        def write(connection: Connection, decision: Decision) -> str:
            return _decide(connection, decision, viewer, force=True)

        # Scrubbing took its time.
        _, already = bulk.select(self._tables, filters, viewer, make, expected)
        try:
            report = bulk.write(self._tables, filters, viewer, scrubbed, write)
        finally:
            self._wake.set()
        return report.model_copy(update={"already": already})


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
    return None if row is None else told(dict(row), viewer)


def _may_know(row: _Known, viewer: Viewer) -> bool:
    """Whether the others' verdicts may be seen: not before one has given one's own."""
    if row["reviewers"] == 1 or row["state"] in ("approved", "rejected"):
        return True
    return row["state"] == "disputed" and viewer.adjudicates


def _give_back(connection: Any, candidate_id: str, viewer: Viewer) -> None:
    connection.execute(
        "DELETE FROM leases WHERE candidate_id = ? AND reviewer = ?", [candidate_id, viewer.name]
    )


def _decide(
    connection: Any, decision: Decision, viewer: Viewer, *, state: str | None = None, force: bool
) -> str:
    row = _row(connection, decision.candidate_id, viewer)
    if row is None:
        raise InputError(NO_CASE)
    made = decisions_about(connection, decision.candidate_id)
    newest = made[-1] if made else None
    if known := next((one for one in made if _says(one, newest, decision, row)), None):
        return known.decision_id
    if not force and decision.verdict is not Verdict.UNDO:
        check_seen(decision, row, made, state)
    _check(decision, viewer, row, made)
    id = keep(connection, after(decision, newest and newest.decision.time))
    restand(connection, decision.candidate_id)
    _give_back(connection, decision.candidate_id, viewer)
    return id


def _says(one: Made, newest: Made | None, decision: Decision, row: _Known) -> bool:
    """Said twice it is one; but who says it again of a reopened case answers the new evidence."""
    if decision.undoes is not None:  # whatever came in between
        said = one.decision
        return said.undoes == decision.undoes and said.reviewer == decision.reviewer
    known = one is newest and not one.undone and one.decision_id != row["reopened"]
    return known and fact_of(one.decision) == fact_of(decision)


def _check(decision: Decision, viewer: Viewer, row: _Known, made: tuple[Made, ...]) -> None:
    if (
        decision.verdict is Verdict.APPROVE
        and not (read_view(row["view"]).proposed_output or "").strip()
    ):
        raise ConflictError("There is no proposed ideal output to approve: write one.")
    if decision.adjudicates:
        _check_adjudication(viewer, row, made)
    elif row["state"] == "disputed" and decision.verdict in JUDGEMENTS:
        raise ConflictError("Two reviewers differ on this case: it waits for a lead to settle it.")
    if decision.undoes is not None and not any(
        one.decision_id == decision.undoes
        and not one.undone
        and one.decision.verdict is not Verdict.UNDO  # what it took back stays taken back
        and one.decision.reviewer == viewer.name
        for one in made
    ):
        raise ConflictError("There is no decision of yours about this case to take back.")


def _check_adjudication(viewer: Viewer, row: _Known, made: tuple[Made, ...]) -> None:
    if not viewer.adjudicates:
        raise InputError("Settling a case on which two differ is for leads.")
    settled = any(one.decision.adjudicates and not one.undone for one in made)
    if row["reviewers"] == 1 or not (row["state"] == "disputed" or settled):
        raise ConflictError("Nobody differs on this case: there is nothing to settle.")
    if any(_judged(one, viewer) for one in made):
        raise ConflictError("You are one of the two who differ: somebody else has to settle it.")


def _judged(one: Made, viewer: Viewer) -> bool:
    decision = one.decision
    own = decision.reviewer == viewer.name and not decision.adjudicates and not one.undone
    return own and decision.verdict in JUDGEMENTS
