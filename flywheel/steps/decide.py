"""Records what reviewers decided: one decision, or a file of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from flywheel.decisions import Given, check_time, parse_line
from flywheel.errors import InputError
from flywheel.people import People
from flywheel.scrub import find_in_name, get_scrubber
from flywheel.scrub.found import Field
from flywheel.settings import Settings
from flywheel.steps.append import append_decisions
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows
from schemas.base import Record
from schemas.decision import Decision

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
