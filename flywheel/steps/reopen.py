"""Sends decided candidates back to the queue when new evidence speaks against the decision.

The decision is kept, and what it promoted stands, until a reviewer decides again: a user who
corrects an answer must not take a case out of the golden set.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from flywheel.clusters import answer_key
from flywheel.store import Connection, Store
from flywheel.store.sql import fetch_rows, sql
from schemas.policy import CurationPolicy

CORRECTED: Final = "corrected"
"""The code of those that users' corrections caused."""
_GIVEN: Final = "given another answer since"


class Reopening(NamedTuple):
    """One decision that is in question again."""

    candidate_id: str
    decision_id: str
    code: str
    reason: str
    """In words, for the reviewer."""


def reopen_candidates(store: Store, policy: CurationPolicy) -> int:
    """Append what was re-opened, with the reason in words; gives how many candidates.

    A correction re-opens its case when it came in after the decision and says something else than
    what was decided; a bank example when its answer was judged bad since.
    """
    with store.transaction() as connection:
        late = fetch_rows(connection, "late_corrections", {"candidate_ids": None})
        judged = fetch_rows(connection, "reopen_judged", {"max_p_good": policy.golden.max_p_good})
        found = {_ids(row): Reopening(*_ids(row), "judged_bad", _judged_bad(row)) for row in judged}
        for ids, rows in groupby(late, key=_ids):
            against = [row for row in rows if contradicts(row)]
            if against:
                found[ids] = Reopening(*ids, CORRECTED, say_corrected(against))
        append_reopenings(connection, list(found.values()))
    return len(found)


def append_reopenings(connection: Connection, reopenings: Sequence[Reopening]) -> None:
    """Send these back to the queue."""
    if not reopenings:
        return
    values = {
        "candidate_ids": [one.candidate_id for one in reopenings],
        "decision_ids": [one.decision_id for one in reopenings],
        "codes": [one.code for one in reopenings],
        "reasons": [one.reason for one in reopenings],
    }
    connection.execute(sql("insert_reopenings"), values)


def _ids(row: dict[str, Any]) -> tuple[str, str]:
    return row["candidate_id"], row["decision_id"]


def contradicts(row: dict[str, Any]) -> bool:
    """Whether a correction says something else than what was decided."""
    decided = row["decided"]
    return decided is None or answer_key(row["correction"]) != answer_key(decided)


def say_corrected(rows: Sequence[dict[str, Any]]) -> str:
    """What contradicting corrections say of the decision."""
    users = len({row["voter"] for row in rows})
    who = "a user has" if users == 1 else f"{users} users have"
    return f"Re-opened: {who} {_GIVEN} {_decision(rows[0])}."


def is_of_corrections(reason: str) -> bool:
    """Whether a reason that was written before there were codes is of that kind."""
    return _GIVEN in reason


def _judged_bad(row: dict[str, Any]) -> str:
    return f"Re-opened: its answer was judged bad since {_decision(row)}."


def _decision(row: dict[str, Any]) -> str:
    return f"it was {row['state']} on {row['decided_at']:%Y-%m-%d}"
