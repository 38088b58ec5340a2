"""Scores what got feedback and proposes the telling cases to reviewers."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from flywheel.curate import Route, propose
from flywheel.desk.outbox import settle
from flywheel.policy import read_policy
from flywheel.settings import Settings
from flywheel.steps.cluster import ClusterReport, update_clusters
from flywheel.steps.draw import run_draw
from flywheel.steps.reopen import reopen_candidates
from flywheel.steps.scores import Progress, update_scores
from flywheel.steps.suggestions import read_suggestions
from flywheel.steps.weights import fitted_in_force
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import fetch_rows, sql
from flywheel.weights import weights_version
from schemas.base import Record
from schemas.candidate import Candidate, Target
from schemas.draw import DrawReport
from schemas.policy import CurationPolicy
from schemas.score import Evidence

_CHUNK: Final = 5000
"""Candidates proposed in one transaction."""

_EVIDENCE: Final = TypeAdapter(tuple[Evidence, ...])


class CurateReport(Record):
    """What a run of curate did; a second run at once does nothing."""

    clusters: ClusterReport
    scored: int
    proposed: dict[str, int]
    """New candidates by target."""
    held_back: dict[str, int]
    """Judged cases that were not proposed, by the reason."""
    reopened: int
    """Decided candidates that wait again: new evidence speaks against the decision."""
    draw: DrawReport
    """What reviewers are asked next; nothing is drawn while enough of what was drawn waits."""
    weights_version: str
    policy_version: str


def run_curate(settings: Settings, progress: Progress | None = None) -> CurateReport:
    """Find which cases are one, score, propose what the policy asks for.

    `progress` hears how many answers were scored. Raises `ConfigError` for a wrong policy.
    """
    policy = read_policy(settings.curation_policy)
    settle(settings)
    store = open_store(settings)
    clusters = update_clusters(store, settings)
    scored = update_scores(store, progress)
    reopened = reopen_candidates(store, policy)
    proposed = Counter({target.value: 0 for target in Target})
    while True:
        candidates, held_back = _propose_chunk(store, policy)
        proposed.update(candidate.target.value for candidate in candidates)
        if len(candidates) < _CHUNK:
            break
    return CurateReport(
        clusters=clusters,
        scored=scored,
        reopened=reopened,
        proposed=dict(proposed),
        held_back=held_back,
        draw=run_draw(settings, only_when_low=True),
        weights_version=weights_version(fitted_in_force(store)),
        policy_version=policy.version,
    )


def _propose_chunk(store: Store, policy: CurationPolicy) -> tuple[list[Candidate], dict[str, int]]:
    """Append the next candidates; gives them, and how many cases each reason held back."""
    with store.transaction() as connection:
        _route(connection, policy)
        routes = _next_routes(connection)
        suggestions = read_suggestions(connection, [route.cluster_id for route in routes])
        candidates = [
            propose(route, suggestions[route.cluster_id, route.tenant], policy.version)
            for route in routes
        ]
        if candidates:
            append_candidates(connection, candidates, policy.version)
        held_back = dict(connection.execute(sql("held_back")).fetchall())
    return candidates, held_back


def _route(connection: Connection, policy: CurationPolicy) -> None:
    connection.execute(
        sql("route_cases"),
        {
            "max_p_good": policy.golden.max_p_good,
            "min_p_good": policy.bank.min_p_good,
            "signals": [signal.value for signal in policy.bank.signals],
            "min_signals": policy.bank.min_signals,
            "corrected_share": policy.bank.corrected_share,
            "rising_min_asked": policy.golden.rising_min_asked,
            "rising_factor": policy.golden.rising_factor,
            "rising_max_p_good": policy.golden.rising_max_p_good,
        },
    )
    connection.execute(
        sql("open_routes"),
        {
            "exclusive": policy.exclusive,
            "golden_cap": policy.golden.cap_per_feature_and_day,
            "bank_cap": policy.bank.cap_per_feature_and_day,
        },
    )


def _next_routes(connection: Connection) -> list[Route]:
    rows = fetch_rows(connection, "next_proposals", {"limit": _CHUNK})
    return [
        Route(
            **row
            | {
                "target": Target(row["target"]),
                "evidence": _EVIDENCE.validate_json(row["evidence"]),
            }
        )
        for row in rows
    ]


def append_candidates(
    connection: Connection, candidates: Sequence[Candidate], policy_version: str
) -> None:
    """Append these, each with the messages and the evidence of its interaction."""
    values = {
        "candidate_ids": [candidate.candidate_id for candidate in candidates],
        "case_ids": [candidate.case_id for candidate in candidates],
        "targets": [candidate.target.value for candidate in candidates],
        "interaction_ids": [candidate.interaction_id for candidate in candidates],
        "proposed_outputs": [candidate.proposed_output for candidate in candidates],
        "reason_codes": [candidate.reason_code for candidate in candidates],
        "reasons": [candidate.reason for candidate in candidates],
        "p_good": [candidate.p_good for candidate in candidates],
        "days": [candidate.day for candidate in candidates],
        "policy_version": policy_version,
    }
    connection.execute(sql("insert_candidates"), values)
