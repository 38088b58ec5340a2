"""Holds what users asked lately against the bank that is served, and proposes what to do about it.

Proposals are for reviewers: a gap becomes a candidate, a redundant example goes back to the queue,
and stands until somebody has decided.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flywheel.bank import open_bank, read_bank
from flywheel.coverage import (
    COVERAGE_GAP,
    Asked,
    GapAnswer,
    Held,
    count_needs,
    describe_gap,
    find_redundant,
    gap_candidate,
    group_gaps,
    propose_gaps,
    redundant_reason,
)
from flywheel.desk.outbox import settle
from flywheel.embed import get_embedder
from flywheel.errors import InputError
from flywheel.policy import read_policy
from flywheel.settings import Settings
from flywheel.steps.curate import append_candidates
from flywheel.steps.reopen import Reopening, append_reopenings
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import fetch_rows
from flywheel_client import Bank, Embedder
from flywheel_client.selection import question_of
from schemas.coverage import CoverageReport, Redundant
from schemas.example import Example
from schemas.policy import CurationPolicy

_MOST: Final = 5000
"""Gaps and examples that are compared pair by pair; of gaps the most asked."""
_NEAREST: Final = 8
"""Examples that are looked at for each question: whether another one covers it, too."""
_REDUNDANT: Final = "redundant"
"""The code of these reopenings."""


@dataclass
class _Held:
    """The questions of the time, held against the bank."""

    gaps: list[Asked] = field(default_factory=list)
    covered: list[tuple[int, list[str]]] = field(default_factory=list)
    """How often each was asked, and the examples near to it, the nearest first."""

    @property
    def nearest(self) -> Counter[str]:
        """How many answers each example is the nearest for."""
        counts: Counter[str] = Counter()
        for times, near in self.covered:
            counts[near[0]] += times
        return counts


def run_coverage(
    settings: Settings,
    *,
    days: int = 7,
    near: float = 0.7,
    alike: float = 0.98,
    propose: bool = False,
) -> CoverageReport:
    """The share of the last days' answers that an example is near to, the gaps, the redundant.

    An example counts for whoever may be shown it: the tenant's own, and shared ones. `propose`
    brings gaps and redundant examples before a reviewer, as many as the policy lets wait at once.

    Raises `InputError` for a similarity that is none, `ReleaseError` without a release,
    `ConfigError` for a wrong policy.
    """
    if not (0 < near < 1 and 0 < alike <= 1):
        raise InputError("--near and --alike: a similarity between 0 and 1 is needed")
    policy = read_policy(settings.curation_policy)
    bank, examples, embedder = open_bank(settings), read_bank(settings), get_embedder(settings)
    since = datetime.now(UTC) - timedelta(days=days)
    if propose:
        settle(settings)
    store = open_store(settings)
    with store.transaction() as connection:
        values = {"since": since, "exclusive": policy.exclusive}
        rows = fetch_rows(connection, "coverage_questions", values)
        removable = _removable(connection)
    held = _hold(bank, [row for row in rows if not row["golden"]], near)
    groups = _group(held.gaps[:_MOST], embedder, near)
    redundant = _redundant(examples[:_MOST], held, removable, embedder, alike)
    asked = sum(row["times"] for row in rows if not row["golden"])
    nearest = held.nearest
    report = CoverageReport(
        release=str(bank.release),
        days=days,
        near=near,
        asked=asked,
        covered=nearest.total(),
        share=nearest.total() / asked if asked else None,
        golden=sum(row["times"] for row in rows if row["golden"]),
        unused=sum(example.id not in nearest for example in examples),
        examples=len(examples),
        gaps=tuple(map(describe_gap, groups)),
        redundant=tuple(redundant),
    )
    return _propose(store, report, groups, since, policy) if propose else report


def _propose(
    store: Store,
    report: CoverageReport,
    groups: Sequence[Sequence[Asked]],
    since: datetime,
    policy: CurationPolicy,
) -> CoverageReport:
    """Bring what the report says before reviewers, as far as there is room."""
    with store.transaction() as connection:
        gaps_left, redundant_left = _room(connection, policy)
        found = [
            gap_candidate(report.gaps[number], answer, report.days, policy.version)
            for number, answer in _closing(connection, groups, since, policy)
        ]
        # Two tenants may lack the same: a case has one candidate.
        candidates = list({one.candidate_id: one for one in reversed(found)}.values())[::-1]
        candidates = candidates[:gaps_left]
        if candidates:
            append_candidates(connection, candidates, policy.version)
        reopenings = _reopenings(report.redundant, _removable(connection), report.days)
        append_reopenings(connection, reopenings[:redundant_left])
    done = {"proposed": len(candidates), "reopened": len(reopenings[:redundant_left])}
    return report.model_copy(update=done)


def _hold(bank: Bank, rows: Sequence[Mapping[str, Any]], near: float) -> _Held:
    held = _Held()
    for row in rows:
        question = question_of(json.loads(row["messages"]))
        found = bank.select(question, _NEAREST, tenant=row["tenant"]).examples
        covering = [one.id for one in found if one.score >= near]
        if covering:
            held.covered.append((row["times"], covering))
            continue
        held.gaps.append(
            Asked(
                question=question,
                feature=row["feature"],
                times=row["times"],
                nearest=found[0].score if found else -1.0,
                candidate_id=row["candidate_id"],
                state=row["bank_state"],
                tenant=row["tenant"],
                case_id=row["case_id"],
                taken=row["taken"],
            )
        )
    return held


def _group(gaps: Sequence[Asked], embedder: Embedder, near: float) -> list[list[Asked]]:
    return group_gaps(gaps, embedder.embed([gap.question for gap in gaps]), near)


def _redundant(
    examples: Sequence[Example],
    held: _Held,
    removable: Mapping[str, Mapping[str, Any]],
    embedder: Embedder,
    alike: float,
) -> list[Redundant]:
    nearest = held.nearest
    clusters = {id: row["cluster_id"] for id, row in removable.items()}
    some = [Held(e.id, e.feature, e.tenant, nearest[e.id], clusters.get(e.id)) for e in examples]
    questions = [question_of([m.model_dump() for m in e.messages]) for e in examples]
    return count_needs(find_redundant(some, embedder.embed(questions), alike), held.covered)


def _removable(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = fetch_rows(connection, "removable_examples", {"code": _REDUNDANT})
    return {row["id"]: row for row in rows}


def _room(connection: Connection, policy: CurationPolicy) -> tuple[int, int]:
    """How many more gaps and redundant examples may wait."""
    codes = {"gap": COVERAGE_GAP, "redundant": _REDUNDANT}
    (waiting,) = fetch_rows(connection, "bank_proposals_waiting", codes)
    left = (
        policy.bank.gaps_waiting - waiting["gaps"],
        policy.bank.redundant_waiting - waiting["redundant"],
    )
    return max(0, left[0]), max(0, left[1])


def _closing(
    connection: Connection,
    groups: Sequence[Sequence[Asked]],
    since: datetime,
    policy: CurationPolicy,
) -> list[tuple[int, GapAnswer]]:
    """What would close each gap that nothing was proposed for yet, by its number."""
    members = [(number, one) for number, group in propose_gaps(groups).items() for one in group]
    values = {
        "gaps": [number for number, _ in members],
        "case_ids": [one.case_id for _, one in members],
        "tenants": [one.tenant for _, one in members],
        "since": since,
        "min_p_good": policy.bank.min_p_good,
    }
    rows = fetch_rows(connection, "gap_answers", values)
    return [(row.pop("gap"), GapAnswer(**row)) for row in rows]


def _reopenings(
    redundant: Sequence[Redundant], removable: Mapping[str, Mapping[str, Any]], days: int
) -> list[Reopening]:
    """What a reviewer has kept in spite of such a proposal is not proposed again."""
    return [
        Reopening(
            removable[one.id]["candidate_id"],
            removable[one.id]["decision_id"],
            _REDUNDANT,
            redundant_reason(one, days),
        )
        for one in redundant
        if one.needed_by == 0 and one.id in removable and removable[one.id]["kept_at"] is None
    ]
