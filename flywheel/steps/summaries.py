"""Counts for people who watch the loop: why candidates wait, why lines are in quarantine."""

from flywheel.store import Store
from flywheel.store.sql import fetch_rows
from schemas.base import Record
from schemas.fault import Fault


class PendingReason(Record):
    """How many candidates wait for one reason."""

    target: str
    reason: str
    """Its code."""
    feature: str
    pending: int
    proposed: int
    """Pending or decided."""


def read_pending_reasons(store: Store) -> list[PendingReason]:
    """Candidates by target, reason and feature, the longest queues first."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "pending_reasons")
    return [PendingReason(**row) for row in rows]


def read_quarantined(store: Store, run_id: str) -> list[Fault]:
    """The lines that an ingest run put aside, by source and line."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "quarantined_by_run", {"run_id": run_id})
    return [Fault(**row) for row in rows]
