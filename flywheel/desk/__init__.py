"""The desk behind the review page and its API: the queue at once, a decision durable at once."""

from typing import TYPE_CHECKING

from flywheel.decisions import NO_CASE
from flywheel.desk.blind import Withheld, in_order
from flywheel.desk.leases import end_leases
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
from flywheel.late import offer

if TYPE_CHECKING:
    from flywheel.desk.desk import Desk
    from flywheel.desk.outbox import settle
else:  # `settle` is all that the command line needs; a desk scrubs, compares and draws
    __getattr__ = offer(__name__, Desk="flywheel.desk.desk", settle="flywheel.desk.outbox")

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
