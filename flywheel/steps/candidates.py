"""Reads candidates as reviewers see them: one, a page of them, or those of these ids."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from flywheel.curate import choose_output
from flywheel.errors import InputError
from flywheel.steps.suggestions import read_suggestions
from flywheel.store import Store
from flywheel.store.sql import fetch_rows
from schemas.candidate import CandidateView, Target
from schemas.decision import Verdict
from schemas.event import ContextDocument, Message, Tags
from schemas.score import Evidence

_JSON: Final[dict[str, TypeAdapter[Any]]] = {
    "messages": TypeAdapter(tuple[Message, ...]),
    "context": TypeAdapter(tuple[ContextDocument, ...]),
    "evidence": TypeAdapter(tuple[Evidence, ...]),
    "tags": TypeAdapter(Tags),
}
_TIMES: Final = ("proposed_at", "decided_at", "time", "first_seen", "last_seen")


def read_candidates(
    store: Store,
    *,
    state: str | None = "pending",
    target: str | None = None,
    feature: str | None = None,
    tenant: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[CandidateView]:
    """A page of candidates, the most telling first, skipped ones last; None: no filter.

    `state` is pending, approved or rejected; `target` golden or bank.
    """
    values = {
        "state": state,
        "target": target,
        "feature": feature,
        "tenant": tenant,
        "limit": limit,
        "offset": offset,
    }
    return _read(store, "read_candidates", values)


def read_candidate(store: Store, candidate_id: str, *, tenant: str | None = None) -> CandidateView:
    """One candidate, whatever its state.

    Raises `InputError` when there is none, or it is another tenant's; None: all are seen.
    """
    found = read_these(store, [candidate_id], tenant=tenant)
    if not found:
        raise InputError("no such candidate: it was never proposed, or its data was erased")
    return found[0]


def read_these(
    store: Store, candidate_ids: Sequence[str], *, tenant: str | None = None
) -> list[CandidateView]:
    """The candidates of these ids, in the queue's order; unknown ones are left out."""
    values = {"candidate_ids": list(candidate_ids), "tenant": tenant}
    return _read(store, "read_these_candidates", values)


def _read(store: Store, query: str, values: dict[str, Any]) -> list[CandidateView]:
    with store.transaction() as connection:
        rows = fetch_rows(connection, query, values)
        unwritten = [row for row in rows if _waits_for_an_output(row)]
        cases = [row["cluster_id"] for row in unwritten]
        suggestions = read_suggestions(connection, cases)
    for row in unwritten:
        chosen = choose_output(_stands(row), suggestions[row["cluster_id"], row["tenant"]])
        row["suggested_output"] = chosen.text if chosen else None
    return [_view(row) for row in rows]


def _waits_for_an_output(row: dict[str, Any]) -> bool:
    return row["reopened"] or (row["proposed_output"] is None and row["state"] == "pending")


def _stands(row: dict[str, Any]) -> str:
    """What a suggestion has to differ from: what was decided, else what the model answered."""
    if not row["reopened"]:
        return row["output"] or ""
    return row["decided_output"] or row["proposed_output"] or row["output"] or ""


def _view(row: dict[str, Any]) -> CandidateView:
    parsed = {name: adapter.validate_json(row[name]) for name, adapter in _JSON.items()}
    times = {name: _utc(row[name]) for name in _TIMES}
    enums = {
        "target": Target(row["target"]),
        "goes_to": Target(row["goes_to"]),
        "labels": None if row["labels"] is None else tuple(row["labels"]),
        "verdict": None if row["verdict"] is None else Verdict(row["verdict"]),
    }
    return CandidateView(**row | parsed | times | enums)


def _utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.astimezone(UTC)
