"""Records what reviewers decided: one decision, or a file of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from flywheel.decisions import (
    NO_CASE,
    Given,
    after,
    check_time,
    decision_id,
    fact_of,
    parse_line,
    stored_decision,
)
from flywheel.errors import InputError
from flywheel.people import People
from flywheel.scrub import find_in_name, get_scrubber
from flywheel.scrub.found import Field
from flywheel.settings import Settings
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.base import Record
from schemas.decision import Decision, Verdict

__all__ = [
    "DecisionsReport",
    "Refusal",
    "append_decisions",
    "import_decisions",
    "record_decision",
    "scrub_decision",
    "scrub_decisions",
]

BATCH: Final = 500
"""Lines scrubbed together and appended in one transaction."""

_TYPED: Final[dict[str, Field]] = {"output": "output", "reason": "reason", "note": "comment"}
"""What a reviewer writes freely, and as which field it is scrubbed."""


class Refusal(Record):
    """A line that did not go in."""

    line: int
    """1-based."""
    reason: str


class DecisionsReport(Record):
    """What an import did with each line."""

    accepted: int
    unchanged: int
    """Decisions that were there already."""
    ignored: int
    """Candidates without a verdict."""
    refused: tuple[Refusal, ...]


def record_decision(settings: Settings, decision: Decision) -> bool:
    """Scrub a decision's texts and append it; False when it is what stands already.

    It wins over what stands: a clock that was put back does not turn a click into nothing.

    Raises `InputError` for an unknown candidate, for the approval of a candidate without an ideal
    output, and for a time in the future.
    """
    scrubbed = scrub_decision(settings, decision)
    outcome = append_decisions(open_store(settings), [Given(scrubbed, timed=False)])[0]
    if isinstance(outcome, str):
        raise InputError(outcome)
    return outcome


def scrub_decision(settings: Settings, decision: Decision) -> Decision:
    """The decision as it may be stored: personal data out of all that the reviewer typed.

    Raises `InputError` for a time in the future, a text that is too long, and a label that is
    personal data.
    """
    [scrubbed] = scrub_decisions(settings, [decision])
    return scrubbed


def scrub_decisions(settings: Settings, decisions: Sequence[Decision]) -> list[Decision]:
    """`scrub_decision` for many; one that is refused refuses all."""
    now = datetime.now(UTC)
    for decision in decisions:
        check_time(decision, now, settings.ingest.future_tolerance_s)
        check_texts(decision, settings)
    scrubbed = _scrub(settings, decisions)
    if any(after.labels != one.labels for one, after in zip(decisions, scrubbed, strict=True)):
        raise InputError("labels: one of them is personal data")
    return scrubbed


def import_decisions(
    settings: Settings, path: Path, on_finished: Callable[[int], object] | None = None
) -> DecisionsReport:
    """Append the decisions of a file; a bad line is refused by number and the rest goes in.

    `on_finished` hears how many were accepted, once, when there were any. Raises `InputError`
    when the file cannot be read.
    """
    store, tally = open_store(settings), Tally()
    people = known_people(settings, store)
    lines = enumerate(_read_lines(path, settings.ingest.max_line_bytes), start=1)
    while batch := list(islice(lines, BATCH)):
        numbers, given = _parse(batch, settings, people, tally)
        append_batch(settings, store, numbers, given, tally)
    return tally.report(on_finished)


def append_batch(
    settings: Settings,
    store: Store,
    numbers: Sequence[int],
    given: Sequence[Given],
    tally: "Tally",
) -> None:
    """Scrub and append decisions of a file, tallying each under its line's number."""
    decisions = _scrub(settings, [one.decision for one in given])
    timed = [one.timed for one in given]
    outcomes = append_decisions(store, list(map(Given, decisions, timed)))
    for number, outcome in zip(numbers, outcomes, strict=True):
        tally.count(number, outcome)


@dataclass
class Tally:
    """What became of the lines so far."""

    accepted: int = 0
    unchanged: int = 0
    ignored: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def count(self, line: int, outcome: bool | str) -> None:
        """A text is the reason of a refusal; True went in, False was there."""
        if isinstance(outcome, str):
            self.refused.append(Refusal(line=line, reason=outcome))
        elif outcome:
            self.accepted += 1
        else:
            self.unchanged += 1

    def report(self, on_finished: Callable[[int], object] | None) -> DecisionsReport:
        """The end: who is to hear it, hears how many were accepted, when there were any."""
        if self.accepted and on_finished is not None:
            on_finished(self.accepted)
        return DecisionsReport(
            accepted=self.accepted,
            unchanged=self.unchanged,
            ignored=self.ignored,
            refused=tuple(sorted(self.refused, key=lambda refusal: refusal.line)),
        )


class _Standing(NamedTuple):
    """A candidate as its newest decision leaves it."""

    has_ideal: bool
    decision_id: str | None
    """That it stands by; none while two have to judge it, or when it was reopened."""
    latest_at: datetime | None
    """Of all decisions about it."""


def _read_lines(path: Path, max_bytes: int) -> Iterator[bytes | None]:
    """Each line of a file; None for one that is longer than `max_bytes`."""
    try:
        with path.open("rb") as file:
            while line := file.readline(max_bytes + 1):
                if len(line) <= max_bytes or line.endswith(b"\n"):
                    yield line.removeprefix(b"\xef\xbb\xbf")
                    continue
                while line and not line.endswith(b"\n"):
                    line = file.readline(max_bytes)
                yield None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _parse(
    batch: Sequence[tuple[int, bytes | None]], settings: Settings, people: People, tally: Tally
) -> tuple[list[int], list[Given]]:
    """The decisions of a batch with their line numbers; the others are tallied."""
    now = datetime.now(UTC)
    numbers, given = [], []
    for number, line in batch:
        try:
            if line is None:
                raise InputError(f"longer than {settings.ingest.max_line_bytes} bytes")
            if not line.strip():
                continue
            one = parse_line(line, now)
            if one is None:
                tally.ignored += 1
                continue
            one = one._replace(decision=_named(one.decision, people))
            check_time(one.decision, now, settings.ingest.future_tolerance_s)
            check_texts(one.decision, settings)
        except InputError as error:
            tally.count(number, str(error))
            continue
        numbers.append(number)
        given.append(one)
    return numbers, given


def known_people(settings: Settings, store: Store) -> People:
    """Whose decisions there are."""
    with store.transaction() as connection:
        return People(settings, [row["reviewer"] for row in fetch_rows(connection, "known_people")])


def _named(decision: Decision, people: People) -> Decision:
    sent_to = None if decision.sent_to is None else people.recorded(decision.sent_to)
    update = {"reviewer": people.recorded(decision.reviewer), "sent_to": sent_to}
    return decision.model_copy(update=update)


def check_texts(decision: Decision, settings: Settings) -> None:
    """Refuse a text that the scrubber would refuse, so that the batch around it goes on."""
    longest = max(len(getattr(decision, name) or "") for name in _TYPED)
    if longest > settings.scrub.max_chars:
        raise InputError(f"a text longer than {settings.scrub.max_chars} characters")
    named = (decision.text_version, *(decision.rubric or ()))
    if any(text and find_in_name(text, settings.scrub.allow) for text in named):
        raise InputError("text_version, rubric: names stay as they come, and this is none")


def _scrub(settings: Settings, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions with personal data out of what the reviewers wrote."""
    groups = [list(_texts(one)) for one in decisions]
    if not any(text for group in groups for _, text in group):
        return list(decisions)
    scrubbed = get_scrubber(settings).scrub_groups(groups)
    return [
        _with_texts(one, [part.text for part in parts])
        for one, parts in zip(decisions, scrubbed, strict=True)
    ]


def _texts(decision: Decision) -> Iterator[tuple[Field, str]]:
    yield from ((field, getattr(decision, name) or "") for name, field in _TYPED.items())
    yield from (("tags", label) for label in decision.labels or ())


def _with_texts(decision: Decision, texts: Sequence[str]) -> Decision:
    typed = {name: text or None for name, text in zip(_TYPED, texts, strict=False)}
    labels = None if decision.labels is None else tuple(texts[len(_TYPED) :])
    return decision.model_copy(update={**typed, "labels": labels})


def append_decisions(store: Store, given: Sequence[Given]) -> list[bool | str]:
    """Append scrubbed decisions in one transaction: True, False for there already, or why not."""
    if not given:
        return []
    with store.transaction() as connection:
        standing = _standing(connection, [one.decision.candidate_id for one in given])
        known = _known(connection, [decision_id(one.decision) for one in given])
        return [_append_one(connection, one, standing, known) for one in given]


def _append_one(
    connection: Connection, given: Given, standing: dict[str, _Standing], known: set[str]
) -> bool | str:
    now = standing.get(given.decision.candidate_id)
    if now is None:
        return NO_CASE
    if given.timed and decision_id(given.decision) in known:
        return False
    if fault := _fault(connection, given.decision, now):
        return fault
    if not given.timed and _is_said_already(connection, given.decision, now):
        return False
    decision = given.decision if given.timed else after(given.decision, now.latest_at)
    id = _insert(connection, decision)
    known.add(id)
    if now.latest_at is None or now.latest_at <= decision.time:
        standing[decision.candidate_id] = _Standing(now.has_ideal, id, decision.time)
    return True


def _insert(connection: Connection, decision: Decision) -> str:
    id = decision_id(decision)
    values = decision.model_dump(exclude={"time"}) | {
        "decision_id": id,
        "decided_at": decision.time.astimezone(UTC),
        "rubric": None if decision.rubric is None else json.dumps(decision.rubric),
        "labels": None if decision.labels is None else list(decision.labels),
    }
    connection.execute(sql("insert_decision"), values)
    return id


def _fault(connection: Connection, decision: Decision, now: _Standing) -> str | None:
    """Why the decision cannot be: nothing to approve, or nothing of one's own to take back."""
    if decision.verdict is Verdict.APPROVE and not now.has_ideal:
        return "verdict: no ideal output is proposed: use edit with output"
    if decision.undoes is None:
        return None
    rows = fetch_rows(connection, "undoable_decisions", {"decision_ids": [decision.undoes]})
    own = {"candidate_id": decision.candidate_id, "reviewer": decision.reviewer}
    if not any(own.items() <= row.items() for row in rows):
        return "undoes: no decision of this reviewer about this candidate that still stands"
    return None


def _is_said_already(connection: Connection, decision: Decision, now: _Standing) -> bool:
    if now.decision_id is None:
        return False
    [row] = fetch_rows(connection, "read_decision", {"decision_id": now.decision_id})
    return fact_of(stored_decision(row)) == fact_of(decision)


def _standing(connection: Connection, ids: list[str]) -> dict[str, _Standing]:
    rows = connection.execute(sql("decided_candidates"), {"candidate_ids": ids}).fetchall()
    return {row[0]: _Standing(*row[1:]) for row in rows}


def _known(connection: Connection, ids: list[str]) -> set[str]:
    rows = connection.execute(sql("known_decisions"), {"decision_ids": ids}).fetchall()
    return {row[0] for row in rows}
