"""Measures what the few-shot bank does to answers, from what chance showed and withheld."""

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flywheel.errors import InputError
from flywheel.lines import write_lines
from flywheel.settings import Settings
from flywheel.signals import prior_of, sigmoid
from flywheel.steps.release import read_examples
from flywheel.steps.scores import update_scores
from flywheel.steps.weights import read_fitted
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows
from flywheel.uplift import Exposure, Judge, adjust, bank_arms, estimate, example_arms
from flywheel_client.selection import question_of
from schemas.candidate import Target
from schemas.uplift import Effect, UpliftReport


def run_uplift(
    settings: Settings,
    *,
    days: int | None = None,
    confidence: float = 0.95,
    smallest: float = 0.05,
    propose: Path | None = None,
) -> UpliftReport:
    """By bank, release and example; brings the scores up to date first.

    `days`: only answers so new; `propose`: write the removal of what hurts there, as lines that
    `flywheel decisions import` takes once a reviewer has put a name to them.

    Raises `InputError` for a share that is none, or a file that cannot be written.
    """
    if not 0.5 < confidence < 1 or not 0 < smallest < 1:
        raise InputError("--confidence: .5 to 1, --smallest: 0 to 1, both exclusive")
    store = open_store(settings)
    update_scores(store)
    since = None if days is None else datetime.now(UTC) - timedelta(days=days)
    exposures, judged = _read(store, since)
    judge = Judge(confidence, smallest)
    by_release: dict[str, list[Exposure]] = defaultdict(list)
    for exposure in exposures:
        by_release[exposure.release].append(exposure)
    examples = adjust(
        [estimate(id, arms, judge) for id, arms in sorted(example_arms(exposures).items())], judge
    )
    report = UpliftReport(
        answers=len(exposures),
        judged=judged,
        confidence=confidence,
        smallest=smallest,
        bank=estimate("bank", bank_arms(exposures), judge),
        releases=tuple(
            estimate(release, bank_arms(some), judge)
            for release, some in sorted(by_release.items())
        ),
        examples=tuple(sorted(examples, key=_harm)),
    )
    if propose is None:
        return report
    return report.model_copy(update={"proposed": _propose(store, report, propose)})


def _read(store: Store, since: datetime | None) -> tuple[list[Exposure], int]:
    """The exposures, and how many of them have feedback."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "exposures", {"since": since})
        fitted = read_fitted(connection)
    prior = sigmoid(prior_of(fitted))
    exposures = [
        Exposure(
            release=row["release"],
            shown=tuple(row["shown"]),
            withheld=tuple(row["withheld"]),
            probability=row["probability"],
            unit=row["unit"],
            # Silence counts, as the prior: leaving it out would compare only those who spoke, and
            # what is shown may change who does.
            p_good=prior if row["p_good"] is None else row["p_good"],
        )
        for row in rows
    ]
    return exposures, sum(row["p_good"] is not None for row in rows)


def _harm(effect: Effect) -> tuple[bool, bool, float, str]:
    return (
        effect.verdict != "hurts",
        effect.low is None,
        effect.difference or 0.0,
        effect.name,
    )


def _propose(store: Store, report: UpliftReport, path: Path) -> int:
    """Write what to reject and why; without a reviewer, so that a person has to take it on."""
    standing = {example.id: example for example in read_examples(store, Target.BANK)}
    lines = []
    for effect in report.examples:
        example = standing.get(effect.name)
        if effect.verdict != "hurts" or example is None:
            continue
        line = {
            "kind": "candidate",
            "candidate_id": example.candidate_id,
            "verdict": "reject",
            "reason": _reason(effect, report.confidence),
            "question": question_of([message.model_dump() for message in example.messages]),
            "ideal": example.output,
        }
        lines.append(json.dumps(line, ensure_ascii=False))
    return write_lines(lines, path)


def _reason(effect: Effect, confidence: float) -> str:
    return (
        f"Hurts as a few-shot example: P(good) {effect.difference:+.2f} against answers that it "
        f"was withheld from ({confidence:.0%} interval {effect.low:+.2f} to {effect.high:+.2f}; "
        f"{effect.shown} shown, {effect.withheld} withheld)."
    )
