"""Holds what users asked lately against the bank that is served."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flywheel.bank import open_bank, read_bank
from flywheel.coverage import Asked, Held, find_redundant, group_gaps
from flywheel.embed import get_embedder
from flywheel.errors import InputError
from flywheel.settings import Settings
from flywheel.store import open_store
from flywheel.store.sql import fetch_rows
from flywheel_client import Bank
from flywheel_client.selection import question_of
from schemas.coverage import CoverageReport

_MOST: Final = 5000
"""Gaps and examples that are compared pair by pair; of gaps the most asked."""


def run_coverage(
    settings: Settings, *, days: int = 7, near: float = 0.7, alike: float = 0.98
) -> CoverageReport:
    """The share of the last days' answers that an example is near to, the gaps, the redundant.

    An example counts for whoever may be shown it: the tenant's own, and shared ones. Raises
    `InputError` for a similarity that is none, `ReleaseError` without a release.
    """
    if not (0 < near < 1 and 0 < alike <= 1):
        raise InputError("--near and --alike: a similarity between 0 and 1 is needed")
    bank, examples = open_bank(settings), read_bank(settings)
    since = datetime.now(UTC) - timedelta(days=days)
    with open_store(settings).transaction() as connection:
        rows = fetch_rows(connection, "coverage_questions", {"since": since})
    open_rows = [row for row in rows if not row["golden"]]
    nearest: Counter[str] = Counter()
    gaps: list[Asked] = []
    for row in open_rows:
        asked, id = _hold(bank, row)
        if id is not None and asked.nearest >= near:
            nearest[id] += asked.times
        else:
            gaps.append(asked)
    asked_in_all = sum(row["times"] for row in open_rows)
    embedder = get_embedder(settings)
    gaps = gaps[:_MOST]
    held = [Held(e.id, e.feature, e.tenant, nearest[e.id]) for e in examples][:_MOST]
    questions = [question_of([m.model_dump() for m in e.messages]) for e in examples][:_MOST]
    return CoverageReport(
        release=str(bank.release),
        days=days,
        near=near,
        asked=asked_in_all,
        covered=nearest.total(),
        share=nearest.total() / asked_in_all if asked_in_all else None,
        golden=sum(row["times"] for row in rows if row["golden"]),
        unused=sum(example.id not in nearest for example in examples),
        examples=len(examples),
        gaps=tuple(group_gaps(gaps, embedder.embed([g.question for g in gaps]), near)),
        redundant=tuple(find_redundant(held, embedder.embed(questions), alike)),
    )


def _hold(bank: Bank, row: dict[str, Any]) -> tuple[Asked, str | None]:
    """A case and the example nearest to it."""
    question = question_of(json.loads(row["messages"]))
    found = bank.select(question, 1, tenant=row["tenant"]).examples
    asked = Asked(
        question=question,
        feature=row["feature"],
        times=row["times"],
        nearest=found[0].score if found else -1.0,
        candidate_id=row["candidate_id"],
        state=row["bank_state"],
    )
    return asked, found[0].id if found else None
