"""Counts for people who watch the loop: why candidates wait, why lines are in quarantine."""

from flywheel.store import Store
from flywheel.store.sql import sql
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
        cursor = connection.execute(sql("pending_reasons"))
        names = [column[0] for column in cursor.description or ()]
        return [PendingReason(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def read_quarantined(store: Store, run_id: str) -> list[Fault]:
    """The lines that an ingest run put aside, by source and line."""
    with store.transaction() as connection:
        cursor = connection.execute(sql("quarantined_by_run"), {"run_id": run_id})
        names = [column[0] for column in cursor.description or ()]
        return [Fault(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
