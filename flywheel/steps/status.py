"""Counts of everything, from the facts."""

from flywheel.steps.scrubbing import ScrubStatus, read_scrubbing
from flywheel.store import Store
from flywheel.store.sql import fetch_rows
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
    personal_data: ScrubStatus
    """What scrubbing took out, and how sure it is to find what it looks for."""


def read_status(store: Store) -> Status:
    """One row of counts, read in one transaction."""
    with store.transaction() as connection:
        (row,) = fetch_rows(connection, "status")
        return Status(**row, personal_data=read_scrubbing(connection))
