"""Measures what the few-shot bank does to answers, from what chance showed and withheld."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from flywheel.desk.outbox import settle
from flywheel.errors import InputError
from flywheel.policy import read_policy
from flywheel.settings import Settings
from flywheel.signals import prior_of, sigmoid
from flywheel.steps.reopen import Reopening, append_reopenings
from flywheel.steps.scores import update_scores
from flywheel.steps.weights import read_fitted
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows
from flywheel.uplift import Exposure, Judge, adjust, bank_arms, estimate, example_arms
from schemas.uplift import Effect, UpliftReport

HARMFUL: Final = "harmful"
"""The code of these reopenings."""


def run_uplift(
    settings: Settings,
    *,
    days: int | None = None,
    confidence: float = 0.95,
    smallest: float = 0.05,
    propose: bool = False,
) -> UpliftReport:
    """By bank, release and example; brings the scores up to date first.

    `days`: only answers so new; `propose`: send what hurts with confidence back to the review
    queue. It stands until a reviewer has decided: a statistic withdraws nothing.

    Raises `InputError` for a share that is none, `ConfigError` for a wrong policy.
    """
    if not 0.5 < confidence < 1 or not 0 < smallest < 1:
        raise InputError("--confidence: .5 to 1, --smallest: 0 to 1, both exclusive")
    at_once = 0
    if propose:
        at_once = read_policy(settings.curation_policy).bank.harmful_waiting
        settle(settings)
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
    if not propose:
        return report
    harmful = [effect for effect in report.examples if effect.verdict == "hurts"]
    proposed, deferred = propose_removals(store, harmful, exposures, judge, at_once)
    return report.model_copy(update={"proposed": proposed, "deferred": deferred})


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
            known_at=row["known_at"],
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


def propose_removals(
    store: Store,
    harmful: Sequence[Effect],
    exposures: Sequence[Exposure],
    judge: Judge,
    at_once: int,
) -> tuple[int, int]:
    """Re-open the candidates of these examples, the surest harm first, until so many wait.

    Gives how many were re-opened, and how many others have to wait for room in the queue.

    What waits already is not re-opened again. One that a reviewer has kept in spite of such a
    proposal is, once the answers that came in since say by themselves that it hurts.
    """
    with store.transaction() as connection:
        rows = fetch_rows(connection, "removable_examples", {"code": HARMFUL})
        standing = {row["id"]: row for row in rows}
        found: list[tuple[Effect, Reopening]] = []
        for effect in harmful:
            row = standing.get(effect.name)
            now = None if row is None else _since(effect, row["kept_at"], exposures, judge)
            if row is not None and now is not None and now.verdict == "hurts":
                ids = row["candidate_id"], row["decision_id"]
                found.append((now, Reopening(*ids, HARMFUL, _reason(now))))
        (there,) = fetch_rows(connection, "removals_waiting", {"code": HARMFUL})
        room = max(0, at_once - there["waiting"])
        found.sort(key=lambda one: _sure_harm(one[0]))
        append_reopenings(connection, [reopening for _, reopening in found[:room]])
    return len(found[:room]), len(found[room:])


def _sure_harm(effect: Effect) -> float:
    """The least harm within the interval, below 0: a wide one does not come before a sure one."""
    return effect.high or 0.0


def _since(
    effect: Effect, kept_at: datetime | None, exposures: Sequence[Exposure], judge: Judge
) -> Effect | None:
    """The effect by the answers that came in since; none without any."""
    if kept_at is None:
        return effect
    late = [one for one in exposures if one.known_at is not None and one.known_at > kept_at]
    arms = example_arms(late).get(effect.name)
    return estimate(effect.name, arms, judge) if arms else None


def _reason(effect: Effect) -> str:
    parts = (effect.difference, effect.low, effect.high)
    difference, low, high = (f"{100 * (part or 0):+.0f}" for part in parts)
    return (
        "Re-opened: it seems to hurt as a few-shot example. "
        f"Shown {effect.shown:,} times, withheld {effect.withheld:,}: "
        f"P(good) {effect.p_shown or 0:.2f} with it, {effect.p_withheld or 0:.2f} without, "
        f"{difference} points [{low}, {high}]."
    )
