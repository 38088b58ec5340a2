"""Turns what reviewers approved into examples, and publishes them as a release."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from flywheel.bank import publishing
from flywheel.desk.outbox import settle
from flywheel.promote import CandidateFacts, Outcome, Side, plan_promotion, question_key
from flywheel.settings import Settings
from flywheel.steps.cluster import update_clusters
from flywheel.steps.release import publish_under_lock
from flywheel.store import Store, open_store
from flywheel.store.sql import sql
from schemas.base import Record
from schemas.candidate import Target
from schemas.event import ContextDocument, Message

_PAGE: Final = 500
_MESSAGES: Final = TypeAdapter(tuple[Message, ...])
_CONTEXT: Final = TypeAdapter(tuple[ContextDocument, ...])


class Refused(NamedTuple):
    """An approved candidate that is kept out."""

    candidate_id: str
    reason: str


class PromoteReport(Record):
    """What a promotion changed."""

    added: dict[str, int]
    """By target; an example whose ideal output changed counts."""
    withdrawn: dict[str, int]
    """By target: taken out of the examples, not out of releases published before."""
    refused: tuple[Refused, ...]
    """All that are approved and kept out, now or before."""
    release: str | None
    """The current release; none while there never was an example."""
    published: bool
    """Whether this promotion published it."""


def run_promote(
    settings: Settings, on_published: Callable[[str], object] | None = None
) -> PromoteReport:
    """Promote by each candidate's newest decision, and publish a release if anything changed.

    `on_published` hears the id of a release that this call published. Safe to run at the same
    time as itself, and to run again: without new facts nothing changes.

    Raises `ReleaseError` when the release cannot be written.
    """
    settle(settings)
    store = open_store(settings)
    update_clusters(store, settings)
    with publishing(settings) as releases:
        plan = plan_promotion(_read_facts(store))
        _record(store, plan.changes)
        result = publish_under_lock(settings, releases)
    if result.published and result.release is not None and on_published is not None:
        on_published(result.release)
    return PromoteReport(
        added=_count(plan.changes, "added"),
        withdrawn=_count(plan.changes, "withdrawn"),
        refused=tuple(Refused(o.candidate_id, o.reason or "") for o in plan.refused),
        release=result.release,
        published=result.published,
    )


def read_side(store: Store, target: Target) -> Side:
    """The cases whose examples stand on one side: what the other side must not touch."""
    side = Side(target)
    for facts in _read_facts(store):
        if facts.standing_target is target:
            side.add(facts)
    return side


def _read_facts(store: Store) -> list[CandidateFacts]:
    with store.transaction() as connection:
        cursor = connection.execute(sql("promotion_facts"))
        names = [column[0] for column in cursor.description or ()]
        return list(_facts(names, iter(lambda: cursor.fetchmany(_PAGE), [])))


def _facts(names: list[str], pages: Iterator[list[tuple[Any, ...]]]) -> Iterator[CandidateFacts]:
    """Texts become keys page by page: context documents would not all fit at once."""
    for page in pages:
        for values in page:
            row = dict(zip(names, values, strict=True))
            messages = _MESSAGES.validate_json(row.pop("messages"))
            context = _CONTEXT.validate_json(row.pop("context"))
            row["target"] = Target(row["target"])
            standing = row["standing_target"]
            row["standing_target"] = None if standing is None else Target(standing)
            yield CandidateFacts(**row, question_key=question_key(messages, context))


def _record(store: Store, changes: tuple[Outcome, ...]) -> None:
    if not changes:
        return
    columns = ("decision_id", "candidate_id", "outcome", "reason", "output")
    values = {f"{name}s": [getattr(change, name) for change in changes] for name in columns}
    with store.transaction() as connection:
        connection.execute(sql("insert_promotions"), values)


def _count(changes: tuple[Outcome, ...], outcome: str) -> dict[str, int]:
    counts = Counter(str(change.target) for change in changes if change.outcome == outcome)
    return {str(target): counts[target] for target in Target}
