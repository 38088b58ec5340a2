"""Scores answers whose feedback has changed, and exports P(good) of every answer."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from flywheel.lines import write_lines
from flywheel.settings import Settings
from flywheel.signals import Vote, prior_of, score, sigmoid
from flywheel.steps.weights import fitted_in_force, read_fitted
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import sql
from flywheel.weights import weights_version
from schemas.score import Evidence, Score
from schemas.signal import Signal

_CHUNK: Final = 10_000
"""Answers scored, or exported, in one transaction."""

_EVIDENCE: Final = TypeAdapter(tuple[Evidence, ...])

Progress = Callable[[int, int | None], None]


def update_scores(store: Store, progress: Progress | None = None) -> int:
    """Append a score for each answer whose feedback or weights have changed; gives how many.

    Each chunk commits by itself: killed anywhere, the next run goes on.
    """
    done = 0
    while True:
        with store.transaction() as connection:
            scores = _score_chunk(connection)
            if scores:
                _append(connection, scores)
        done += len(scores)
        if progress is not None:
            progress(done, None)
        if len(scores) < _CHUNK:
            return done


def export_scores(settings: Settings, path: Path | None) -> int:
    """Write `{id, case_id, p_good, evidence}` for each answer as JSON lines, sorted by id.

    None: standard output. Brings the scores up to date first. An answer without feedback has the
    prior and no evidence.
    """
    store = open_store(settings)
    update_scores(store)
    return write_lines(_lines(store), path)


def read_votes(connection: Connection, interaction_ids: list[str]) -> dict[str, list[Vote]]:
    """What users said and did about each of these answers; nothing for one without feedback."""
    votes: dict[str, list[Vote]] = defaultdict(list)
    rows = connection.execute(sql("read_votes"), {"interaction_ids": interaction_ids})
    for interaction_id, id, time, signal, user, value, correction in rows.fetchall():
        vote = Vote(id, time.astimezone(UTC), Signal(signal), user, value, correction)
        votes[interaction_id].append(vote)
    return votes


def _lines(store: Store) -> Iterator[str]:
    after = ""
    silent = sigmoid(prior_of(fitted_in_force(store)))
    while True:
        with store.transaction() as connection:
            values = {"after": after, "limit": _CHUNK}
            rows = connection.execute(sql("page_of_scores"), values).fetchall()
        for id, case_id, p_good, evidence in rows:
            line = {
                "id": id,
                "case_id": case_id,
                "p_good": silent if p_good is None else p_good,
                "evidence": [] if evidence is None else json.loads(evidence),
            }
            yield json.dumps(line, ensure_ascii=False)
        if len(rows) < _CHUNK:
            return
        after = rows[-1][0]


def _score_chunk(connection: Connection) -> list[Score]:
    fitted = read_fitted(connection)
    version = weights_version(fitted)
    stale = connection.execute(
        sql("stale_scores"), {"weights_version": version, "limit": _CHUNK}
    ).fetchall()
    votes = read_votes(connection, [row[0] for row in stale])
    return [
        score(id, output, votes[id], feedback_hash, version, fitted)
        for id, output, feedback_hash in stale
    ]


def _append(connection: Connection, scores: Sequence[Score]) -> None:
    values = {
        "interaction_ids": [row.interaction_id for row in scores],
        "p_good": [row.p_good for row in scores],
        "evidence": [_EVIDENCE.dump_json(row.evidence).decode() for row in scores],
        "feedback_hashes": [row.feedback_hash for row in scores],
        "weights_version": scores[0].weights_version,
    }
    connection.execute(sql("insert_scores"), values)
