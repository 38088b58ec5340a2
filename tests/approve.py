"""Puts decisions straight into a store, for tests of what comes after the review."""

from datetime import datetime, timedelta
from itertools import count

from flywheel.store import Store
from tests.facts import MONDAY, add_candidate, together

_number = count(1)


def decide(
    store: Store,
    candidate_id: str,
    verdict: str = "approve",
    *,
    output: str | None = None,
    reviewer: str = "rosa",
    time: datetime | None = None,
) -> str:
    """Append one decision; gives its id. Later calls are later, unless `time` says."""
    number = next(_number)
    decision_id = f"d-{number:06}"
    values = [
        decision_id,
        candidate_id,
        verdict,
        output,
        reviewer,
        time or MONDAY + timedelta(seconds=number),
    ]
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO decisions (decision_id, candidate_id, verdict, output, reviewer, "
            "decided_at, seq) VALUES (?, ?, ?, ?, ?, ?, nextval('decision_seq'))",
            values,
        )
    return decision_id


def approve(store: Store, target: str, question: str, output: str = "$85.1 million") -> str:
    """An approved candidate; gives its id."""
    with together(store) as at_once:
        candidate_id = add_candidate(at_once, target, question=question, proposed_output=output)
        decide(at_once, candidate_id)
    return candidate_id
