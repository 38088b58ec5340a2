"""Counts of everything, from the facts."""

from flywheel.steps.funnel import FunnelCounts
from flywheel.steps.scrubbing import ScrubStatus, read_scrubbing
from flywheel.store import Connection, Store
from flywheel.store.sql import fetch_rows, sql
from schemas.base import Record


class Status(Record):
    """What `flywheel status` shows."""

    interactions: int
    feedback: int
    orphan_feedback: int
    quarantined: int
    resent: int
    """Lines whose id was there already."""
    duplicates: int
    """Other ids with the same content."""
    cases: int
    candidates: int
    pending: int
    approved: int
    disputed: int
    """Two reviewers differ: a lead decides."""
    rejected: int
    golden: int
    bank: int
    release: str | None
    stale_orphans: int
    """Orphan feedback that has waited for longer than `FLYWHEEL_INGEST__ORPHAN_DAYS`."""
    funnel: FunnelCounts
    """What became of every line ever read."""
    personal_data: ScrubStatus
    """What scrubbing took out, and how sure it is to find what it looks for."""


def read_status(store: Store, orphan_days: float = 7) -> Status:
    """The counts, read in one transaction."""
    with store.transaction() as connection:
        (row,) = fetch_rows(connection, "status")
        (funnel,) = fetch_rows(connection, "sum_funnel")
        stale = _stale_orphans(connection, orphan_days)
        scrubbing = read_scrubbing(connection)
    return Status(
        **row, stale_orphans=stale, funnel=FunnelCounts(**funnel), personal_data=scrubbing
    )


def count_stale_orphans(store: Store, days: float) -> int:
    """Feedback that came over so many days ago and whose interaction has not come since."""
    with store.reading() as connection:
        return 0 if connection is None else _stale_orphans(connection, days)


def _stale_orphans(connection: Connection, days: float) -> int:
    row = connection.execute(sql("stale_orphans"), {"days": days}).fetchone()
    return int(row[0]) if row else 0
