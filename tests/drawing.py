"""Drawn cases and what reviewers made of them, for tests of what is told from them."""

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from flywheel.store import Store
from tests.facts import add_candidate, add_feedback, together

_number = count(1)


def add_waiting(store: Store, cases: int, **columns: Any) -> list[str]:
    """Candidates that wait, each of a case of its own, with P(good)s from 0 to .5."""
    with together(store) as open:
        return [
            add_candidate(
                open, question=f"Question {next(_number)}?", p_good=n / (2 * cases), **columns
            )
            for n in range(cases)
        ]


def read_draws(store: Store) -> dict[str, dict[str, Any]]:
    """Every draw by its candidate."""
    with store.transaction() as connection:
        cursor = connection.execute("SELECT * FROM draws ORDER BY seq")
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["candidate_id"]: row for row in rows}


def judge(
    store: Store,
    candidate_id: str,
    reviewer: str,
    verdict: str = "approve",
    *,
    rubric: Mapping[str, int] | None = None,
    **columns: Any,
) -> str:
    """Append what one reviewer says, now; gives the decision's id. Later calls are later."""
    number = next(_number)
    row = {
        "decision_id": f"d-drawn-{number:06}",
        "candidate_id": candidate_id,
        "verdict": verdict,
        "reviewer": reviewer,
        "rubric": None if rubric is None else json.dumps(rubric),
        "decided_at": datetime.now(UTC) + timedelta(microseconds=number),
    } | columns
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    with store.transaction() as connection:
        connection.execute(
            f"INSERT INTO decisions ({names}, seq) VALUES ({marks}, nextval('decision_seq'))", row
        )
    return str(row["decision_id"])


def add_judged(
    store: Store, cases: int, *, up: float = 0.85, down: float = 0.85, seed: int = 1
) -> dict[str, bool]:
    """Waiting candidates with a thumb and a rewrite at times; by candidate whether it is good.

    `up`: how often an answer with a thumb up is good, `down`: how often one with a thumb down is
    bad.
    """
    draw = random.Random(seed)
    truth = {}
    with together(store) as open:
        for _ in range(cases):
            liked = draw.random() < 0.5
            good = draw.random() < (up if liked else 1 - down)
            target, question = "bank" if liked else "golden", f"Question {next(_number)}?"
            candidate = add_candidate(
                open,
                target,
                question=question,
                output="$58.1 million",
                proposed_output="$58.1 million" if liked else "$85.1 million",
                p_good=0.92 if liked else 0.08,
            )
            truth[candidate] = good
            add_feedback(
                open, _answer_of(open, candidate), "thumbs", 1 if liked else -1, user="u-1"
            )
    return truth


def add_score(store: Store, candidate_id: str, p_good: float) -> None:
    """A newer score of the answer that a candidate was proposed for."""
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO scores (interaction_id, p_good, evidence, weights_version, feedback_hash, "
            "seq) VALUES (?, ?, '[]', 'w-test', 'h', nextval('score_seq'))",
            [_answer_of(store, candidate_id), p_good],
        )


def _answer_of(store: Store, candidate_id: str) -> str:
    with store.transaction() as connection:
        query = "SELECT interaction_id FROM candidates WHERE candidate_id = ?"
        row = connection.execute(query, [candidate_id]).fetchone()
    assert row is not None
    return str(row[0])


def decide_truly(store: Store, candidate_id: str, good: bool) -> None:
    """What an honest reviewer does: rejects a golden case whose answer is right, edits a wrong one
    of the bank.
    """
    with store.transaction() as connection:
        row = connection.execute(
            "SELECT target FROM candidates WHERE candidate_id = ?", [candidate_id]
        ).fetchone()
    golden = row is not None and row[0] == "golden"
    if golden and good:
        judge(store, candidate_id, "rosa", "reject", reason="The model's answer is right")
    elif golden or good:
        judge(store, candidate_id, "rosa", "approve")
    else:
        judge(store, candidate_id, "rosa", "edit", output="$85.1 million")
