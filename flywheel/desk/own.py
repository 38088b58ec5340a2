"""What somebody bound to a tenant is told of a case that other tenants may share: their own part.

Cases are compared across tenants, so how often one was asked, why it is back and how it was drawn
are figures over all. Of each case the tables keep its tenant's own part beside them; what is kept
over all alone is left out. The queue and the case, as pages and as JSON, are told through here.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flywheel.curate import without_rise
from flywheel.desk.blind import told_given
from flywheel.desk.records import Made, Viewer
from flywheel.steps.reopen import CORRECTED, contradicts, is_of_corrections, say_corrected
from flywheel.store import Connection
from flywheel.store.sql import fetch_rows
from schemas.base import Record
from schemas.candidate import CandidateView

OVER_ALL: Final[dict[str, Any]] = {"probability": None, "population": None, "drawn_why": None}
"""How a round drew it tells how many waited, and how often all asked it."""
_IN_BULK: Final = re.compile(r"(in bulk), one of [\d,]+")


class Own(Record):
    """A candidate's tenant's own part of its case."""

    variants: int
    wordings: int
    users: int
    first_seen: datetime | None
    last_seen: datetime | None
    reopened: str | None
    """Why it is back, by this tenant's users alone; none: nothing that they did brought it back."""


def read_own(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, Own]:
    """By candidate, of those that have a tenant; `rows` are those of `desk_standing`."""
    bound = [row for row in rows if row["tenant"] is not None]
    reopened = [row["candidate_id"] for row in bound if row["reopened"] is not None]
    against = defaultdict[str, list[dict[str, Any]]](list)
    if reopened:
        for found in fetch_rows(connection, "late_corrections", {"candidate_ids": reopened}):
            if contradicts(found):
                against[found["candidate_id"]].append(found)
    return {row["candidate_id"]: _own(row, against[row["candidate_id"]]) for row in bound}


def _own(row: Mapping[str, Any], against: Sequence[dict[str, Any]]) -> Own:
    return Own(
        variants=row["own_variants"],
        wordings=row["own_wordings"],
        users=row["own_users"],
        first_seen=row["own_first_seen"] and row["own_first_seen"].astimezone(UTC),
        last_seen=row["own_last_seen"] and row["own_last_seen"].astimezone(UTC),
        reopened=None if row["reopened"] is None else _why_back(row, against),
    )


def _why_back(row: Mapping[str, Any], against: Sequence[dict[str, Any]]) -> str | None:
    code, reason = row["reopened_code"], row["reopened_reason"]
    if code == CORRECTED or (code is None and is_of_corrections(reason)):
        return say_corrected(against) if against else None
    first, ends, _ = reason.partition(". ")  # figures, if any, stand behind it
    return f"{first}." if ends else first


def told(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row of `cases` as this viewer may know it, `blind.py` included.

    What another tenant's users alone brought back stands, for who is bound, as it was decided.
    """
    row = row | {"given": told_given(row)}
    if viewer.tenant is None:
        return row
    own = Own.model_validate_json(row["own"])
    return row | {
        "state": row["own_state"],
        "reopened": None if own.reopened is None else row["reopened"],
        "variants": own.variants,
        "users": own.users,
        "reason": _reason(row, own),
        **OVER_ALL,
    }


def told_view(view: CandidateView, row: Mapping[str, Any], viewer: Viewer) -> CandidateView:
    """The same of a candidate; `row` is what `told` gave."""
    if viewer.tenant is None:
        return view
    own = Own.model_validate_json(row["own"])
    update = own.model_dump(exclude={"reopened"}) | {
        "reason": row["reason"],
        "note": _note(view.note),
        "drawn_seq": None,
        "cluster_id": view.case_id,  # else it tells of an older wording, which may be another's
        **OVER_ALL,
    }
    return view.model_copy(update=update)


def told_made(made: Made, viewer: Viewer) -> Made:
    """Another's decision: without how many cases of all tenants it was one of."""
    if viewer.tenant is None or made.decision.note is None:
        return made
    note = _note(made.decision.note)
    return made._replace(decision=made.decision.model_copy(update={"note": note}))


def _reason(row: Mapping[str, Any], own: Own) -> str:
    is_back = own.reopened is not None and row["reopened"] == row["decision_id"]
    parts = (own.reopened if is_back else None, without_rise(row["because"]))
    return " ".join(part for part in parts if part)


def _note(note: str | None) -> str | None:
    return note and _IN_BULK.sub(r"\1", note)
