"""The desk behind the review page and its API: the queue at once, a decision durable at once."""

from flywheel.decisions import NO_CASE
from flywheel.desk.blind import Withheld, in_order
from flywheel.desk.desk import Desk
from flywheel.desk.leases import end_leases
from flywheel.desk.outbox import settle
from flywheel.desk.records import (
    BulkReport,
    CaseFile,
    Counts,
    Entry,
    Filters,
    Lease,
    Made,
    QueueState,
    Viewer,
    text_version,
)
from flywheel.desk.requests import RequestKey, request_key

__all__ = [
    "NO_CASE",
    "BulkReport",
    "CaseFile",
    "Counts",
    "Desk",
    "Entry",
    "Filters",
    "Lease",
    "Made",
    "QueueState",
    "RequestKey",
    "Viewer",
    "Withheld",
    "end_leases",
    "in_order",
    "request_key",
    "settle",
    "text_version",
]
