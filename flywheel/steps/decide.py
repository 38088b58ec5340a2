"""Records what reviewers decided: one decision, or a file of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from flywheel.decisions import Given, check_time, decision_id, parse_line
from flywheel.errors import InputError
from flywheel.scrub import get_scrubber
from flywheel.scrub.found import Field
from flywheel.settings import Settings
from flywheel.steps.queue import export_decisions
from flywheel.store import Connection, Store, open_store
from flywheel.store.sql import sql
from schemas.base import Record
from schemas.decision import Decision, Verdict

__all__ = ["DecisionsReport", "Refusal", "export_decisions", "import_decisions", "record_decision"]

_BATCH: Final = 500
"""Lines scrubbed together and appended in one transaction."""


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
    check_time(decision, datetime.now(UTC), settings.ingest.future_tolerance_s)
    _check_length(decision, settings)
    [scrubbed] = _scrub(settings, [decision])
    outcome = _append(open_store(settings), [Given(scrubbed, timed=False)])[0]
    if isinstance(outcome, str):
        raise InputError(outcome)
    return outcome


def import_decisions(
    settings: Settings, path: Path, on_finished: Callable[[int], object] | None = None
) -> DecisionsReport:
    """Append the decisions of a file; a bad line is refused by number and the rest goes in.

    `on_finished` hears how many were accepted, once, when there were any. Raises `InputError`
    when the file cannot be read.
    """
    store, tally = open_store(settings), _Tally()
    lines = enumerate(_read_lines(path, settings.ingest.max_line_bytes), start=1)
    while batch := list(islice(lines, _BATCH)):
        numbers, given = _parse(batch, settings, tally)
        decisions = _scrub(settings, [one.decision for one in given])
        timed = [one.timed for one in given]
        outcomes = _append(store, list(map(Given, decisions, timed)))
        for number, outcome in zip(numbers, outcomes, strict=True):
            tally.count(number, outcome)
    if tally.accepted and on_finished is not None:
        on_finished(tally.accepted)
    refused = tuple(sorted(tally.refused, key=lambda refusal: refusal.line))
    return DecisionsReport(
        accepted=tally.accepted, unchanged=tally.unchanged, ignored=tally.ignored, refused=refused
    )


@dataclass
class _Tally:
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


class _Standing(NamedTuple):
    """A candidate as its newest decision leaves it."""

    has_ideal: bool
    fact: tuple[Any, ...] | None
    decided_at: datetime | None


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
    batch: Sequence[tuple[int, bytes | None]], settings: Settings, tally: _Tally
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
            check_time(one.decision, now, settings.ingest.future_tolerance_s)
            _check_length(one.decision, settings)
        except InputError as error:
            tally.count(number, str(error))
            continue
        numbers.append(number)
        given.append(one)
    return numbers, given


def _check_length(decision: Decision, settings: Settings) -> None:
    """Refuse a text that the scrubber would refuse, so that the batch around it goes on."""
    longest = max(len(decision.output or ""), len(decision.reason or ""))
    if longest > settings.scrub.max_chars:
        raise InputError(f"a text longer than {settings.scrub.max_chars} characters")


def _scrub(settings: Settings, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions with personal data out of what the reviewers wrote."""
    fields: tuple[Field, Field] = ("output", "reason")
    groups = [[(name, getattr(one, name) or "") for name in fields] for one in decisions]
    if not any(text for group in groups for _, text in group):
        return list(decisions)
    scrubbed = get_scrubber(settings).scrub_groups(groups)
    return [
        one.model_copy(update={"output": output.text or None, "reason": reason.text or None})
        for one, (output, reason) in zip(decisions, scrubbed, strict=True)
    ]


def _append(store: Store, given: Sequence[Given]) -> list[bool | str]:
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
        return "candidate_id: no such candidate"
    if given.decision.verdict is Verdict.APPROVE and not now.has_ideal:
        return "verdict: no ideal output is proposed: use edit with output"
    if not given.timed and now.fact == _fact(given.decision):
        return False
    decision = given.decision if given.timed else _after(given.decision, now.decided_at)
    id, decided_at = decision_id(decision), decision.time.astimezone(UTC)
    if id in known:
        return False
    values = decision.model_dump(exclude={"time"})
    connection.execute(
        sql("insert_decision"), values | {"decision_id": id, "decided_at": decided_at}
    )
    known.add(id)
    if now.decided_at is None or now.decided_at <= decided_at:
        standing[decision.candidate_id] = _Standing(now.has_ideal, _fact(decision), decided_at)
    return True


def _after(decision: Decision, earlier: datetime | None) -> Decision:
    """A line without a time is later than what stands: the line above it, or a faster clock."""
    if earlier is None or decision.time > earlier:
        return decision
    return decision.model_copy(update={"time": earlier + timedelta(microseconds=1)})


def _fact(decision: Decision) -> tuple[Any, ...]:
    return decision.verdict.value, decision.output, decision.reason, decision.reviewer


def _standing(connection: Connection, ids: list[str]) -> dict[str, _Standing]:
    rows = connection.execute(sql("decided_candidates"), {"candidate_ids": ids}).fetchall()
    return {row[0]: _Standing(row[1], tuple(row[2:6]) if row[2] else None, row[6]) for row in rows}


def _known(connection: Connection, ids: list[str]) -> set[str]:
    rows = connection.execute(sql("known_decisions"), {"decision_ids": ids}).fetchall()
    return {row[0] for row in rows}
