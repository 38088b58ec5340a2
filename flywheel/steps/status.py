"""Counts of everything, from the facts."""

from flywheel.store import Store
from flywheel.store.sql import sql
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
    rejected: int
    golden: int
    bank: int
    release: str | None


def read_status(store: Store) -> Status:
    """One row of counts, read in one transaction."""
    with store.transaction() as connection:
        cursor = connection.execute(sql("status"))
        names = [column[0] for column in cursor.description or ()]
        row = cursor.fetchone() or ()
    return Status(**dict(zip(names, row, strict=True)))
