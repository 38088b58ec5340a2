"""Sends decided candidates back to the queue when new evidence speaks against the decision.

The decision is kept, and what it promoted stands, until a reviewer decides again: a user who
corrects an answer must not take a case out of the golden set.
"""

from itertools import groupby
from typing import Any

from flywheel.clusters import answer_key
from flywheel.store import Store
from flywheel.store.sql import fetch_rows, sql
from schemas.policy import CurationPolicy


def reopen_candidates(store: Store, policy: CurationPolicy) -> int:
    """Append what was re-opened, with the reason in words; gives how many candidates.

    A correction re-opens its case when it came in after the decision and says something else than
    what was decided; a bank example when its answer was judged bad since.
    """
    with store.transaction() as connection:
        late = fetch_rows(connection, "reopen_facts")
        judged = fetch_rows(connection, "reopen_judged", {"max_p_good": policy.golden.max_p_good})
        reasons = {_ids(row): _judged_bad(row) for row in judged}
        for ids, rows in groupby(late, key=_ids):
            against = [row for row in rows if _contradicts(row)]
            if against:
                reasons[ids] = _corrected(against)
        if reasons:
            values = {
                "candidate_ids": [candidate_id for candidate_id, _ in reasons],
                "decision_ids": [decision_id for _, decision_id in reasons],
                "reasons": list(reasons.values()),
            }
            connection.execute(sql("insert_reopenings"), values)
    return len(reasons)


def _ids(row: dict[str, Any]) -> tuple[str, str]:
    return row["candidate_id"], row["decision_id"]


def _contradicts(row: dict[str, Any]) -> bool:
    decided = row["decided"]
    return decided is None or answer_key(row["correction"]) != answer_key(decided)


def _corrected(rows: list[dict[str, Any]]) -> str:
    users = len({row["voter"] for row in rows})
    who = "a user has" if users == 1 else f"{users} users have"
    return f"Re-opened: {who} given another answer since {_decision(rows[0])}."


def _judged_bad(row: dict[str, Any]) -> str:
    return f"Re-opened: its answer was judged bad since {_decision(row)}."


def _decision(row: dict[str, Any]) -> str:
    return f"it was {row['state']} on {row['decided_at']:%Y-%m-%d}"
