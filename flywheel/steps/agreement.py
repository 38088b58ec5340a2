"""Reads the judgements of cases that two reviewers judge, and tells how far they agree."""

import json
from datetime import UTC
from typing import Any

from flywheel.agreement import Act, Rules, agreement, anonymise, blind_ratings
from flywheel.settings import Settings
from flywheel.store import open_store
from flywheel.store.sql import fetch_rows
from schemas.agreement import AgreementReport


def run_agreement(
    settings: Settings,
    *,
    viewer: str | None = None,
    anonymous: bool = False,
    resamples: int = 500,
) -> AgreementReport:
    """Agreement over all, by pair, criterion and week.

    `anonymous`: every reviewer but the `viewer` under a number, as for all who are no lead.
    `resamples`: of the bootstrap; 0: no intervals, in a hundredth of the time.
    """
    with open_store(settings).transaction() as connection:
        acts = [_act(row) for row in fetch_rows(connection, "double_acts")]
        (counts,) = fetch_rows(connection, "double_counts")
    rules = Rules(confidence=settings.refit.confidence, resamples=resamples)
    report = agreement(blind_ratings(acts), rules, **counts)
    return anonymise(report, viewer) if anonymous else report


def _act(row: dict[str, Any]) -> Act:
    rubric = {} if row["rubric"] is None else json.loads(row["rubric"])
    read = {
        "rubric": {name: float(grade) for name, grade in rubric.items()},
        "time": row["time"].astimezone(UTC),
    }
    return Act(**row | read)
