"""Puts scrubbed facts straight into a store, for tests of what comes after ingest."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from flywheel.dedupe import case_id, content_key
from flywheel.store import Connection, Store
from schemas.event import ContextDocument, Message
from schemas.signal import SIGNALS, Signal

KEY: Final = b"a key for tests, 16+ bytes"
MONDAY: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
_number = count(1)


def add_interaction(
    store: Store,
    question: str = "What was the revenue in 2019?",
    output: str = "$85.1 million",
    *,
    id: str | None = None,
    context: str | None = "Revenue was $85.1 million in 2019.",
    time: datetime = MONDAY,
    feature: str | None = "report_qa",
    tenant: str | None = "acme",
    user: str | None = "u-asker",
    consent: bool = True,
    tags: dict[str, str] | None = None,
    **columns: Any,
) -> str:
    """Append one interaction; gives its id. `columns` are further columns of the table."""
    id = id or f"i-{next(_number):06}"
    messages = [Message(role="user", content=question)]
    documents = [] if context is None else [ContextDocument(id="d-1", text=context)]
    row = {
        "id": id,
        "time": time,
        "app": "finchat",
        "feature": feature,
        "tenant": tenant,
        "user_key": user,
        "model": "v1",
        "messages": json.dumps([message.model_dump() for message in messages]),
        "context": json.dumps([document.model_dump() for document in documents]),
        "output": output,
        "consent": consent,
        "tags": json.dumps(tags or {}),
        "content_key": content_key(KEY, messages, documents, output, tenant),
        "case_id": case_id(KEY, messages, documents),
        "batch_id": "b-test",
    } | columns
    _insert(store, "interactions", row)
    return id


def add_feedback(
    store: Store,
    interaction_id: str,
    signal: str,
    value: float | None = None,
    *,
    id: str | None = None,
    user: str | None = "u-asker",
    comment: str | None = None,
    correction: str | None = None,
    time: datetime | None = None,
) -> str:
    """Append one piece of feedback; gives its id. Later calls are later, unless `time` says."""
    number = next(_number)
    id = id or f"f-{number:06}"
    row = {
        "id": id,
        "time": time or MONDAY + timedelta(seconds=number),
        "interaction_id": interaction_id,
        "signal": signal,
        "kind": SIGNALS[Signal(signal)].kind,
        "value": value,
        "comment": comment,
        "correction": correction,
        "user_key": user,
        "tags": "{}",
        "batch_id": "b-test",
    }
    _insert(store, "feedback", row)
    return id


def add_candidate(
    store: Store,
    target: str = "golden",
    *,
    question: str = "What was the revenue in 2019?",
    output: str | None = "$58.1 million",
    proposed_output: str | None = "$85.1 million",
    feature: str | None = "report_qa",
    p_good: float | None = 0.08,
    **columns: Any,
) -> str:
    """Append a candidate with its interaction; gives the candidate's id."""
    with together(store) as at_once:
        interaction = add_interaction(
            at_once, question, output or "", feature=feature, context=None
        )
        messages = [Message(role="user", content=question)]
        row = {
            "candidate_id": f"c-{next(_number):06}",
            "case_id": case_id(KEY, messages, []),
            "target": target,
            "interaction_id": interaction,
            "messages": json.dumps([message.model_dump() for message in messages]),
            "context": "[]",
            "output": output,
            "proposed_output": proposed_output,
            "reason_code": "judged_bad_corrected",
            "reason": "1 user corrected it",
            "p_good": p_good,
            "evidence": "[]",
            "policy_version": "p-test",
            "feature": feature,
            "tenant": "acme",
            "tags": "{}",
            "day": "2025-01-06",
        } | columns
        _insert(at_once, "candidates", row)
        return str(row["candidate_id"])


def add_draw(
    store: Store, candidate_id: str, *, reviewers: int = 1, stratum: str = "telling"
) -> None:
    """Append a draw of a round of its own; each later one comes later in the queue."""
    number = next(_number)
    row = {
        "candidate_id": candidate_id,
        "round_id": f"r-{number:06}",
        "stratum": stratum,
        "probability": 1.0 if stratum == "telling" else 0.05,
        "population": 100,
        "reviewers": reviewers,
        "why": "Among the most telling." if stratum == "telling" else "By lot: 1 in 20.",
        "seq": number,
    }
    _insert(store, "draws", row)


def count_rows(store: Store, table: str) -> int:
    """How many rows a table or view has."""
    with store.transaction() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def together(store: Store) -> Iterator[Store]:
    """A store whose additions all go into one transaction: many at once, quickly."""
    with store.transaction() as connection:
        yield _Open(store.path, connection=connection)


@dataclass(frozen=True)
class _Open(Store):
    """A store whose transaction is under way."""

    connection: Connection | None = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        assert self.connection is not None
        yield self.connection


def _insert(store: Store, table: str, row: dict[str, Any]) -> None:
    """Append one row; table and columns are the tests' own words, values are bound."""
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    with store.transaction() as connection:
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)
