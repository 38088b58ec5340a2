"""One batch: lines parsed, scrubbed, checked and deduped, then written in one transaction."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import polars as pl

from flywheel.errors import ScrubError
from flywheel.frame import (
    feedback_frame,
    feedback_row,
    interaction_frame,
    interaction_row,
    texts_of,
    with_texts,
)
from flywheel.parse import fault_of, parse_line
from flywheel.pseudonym import keyed_hash
from flywheel.scrub.found import Tally, found_counts, tally_found
from flywheel.settings import Settings
from flywheel.sources.lines import RawLine
from flywheel.steps.scrubbing import write_scrubbing
from flywheel.store import Connection
from flywheel.store.sql import sql
from flywheel.times import ALWAYS, Span
from schemas.event import Feedback, Interaction
from schemas.fault import Fault

if TYPE_CHECKING:
    from flywheel.scrub import Scrubber
    from flywheel.validate import Validation

    Validate = Callable[[Sequence[dict[str, Any]]], Validation]

Row = tuple[RawLine, dict[str, Any]]

_FAULT_COLUMNS: Final = {
    "fault_id": pl.String,
    "source": pl.String,
    "line": pl.Int64,
    "byte_offset": pl.Int64,
    "reason": pl.String,
    "field": pl.String,
    "sha256": pl.String,
    "stage": pl.String,
}


@dataclass
class Batch:
    """What became of a batch's lines before the store was asked; holds scrubbed text only."""

    source: str
    read: int = 0
    blank: int = 0
    outside: int = 0
    """Lines whose event lies outside the span that was asked for."""
    repeated: int = 0
    """Lines whose id another line of the batch has."""
    faults: list[Fault] = field(default_factory=list)
    interactions: list[Row] = field(default_factory=list)
    feedback: list[Row] = field(default_factory=list)
    entities: Counter[str] = field(default_factory=Counter)
    found: Tally = field(default_factory=Counter)
    """Personal data taken out, by field, type and recogniser."""
    scrubbed_under: str = ""
    """The version of the scrubber's policy and settings."""
    expectations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed_expectations(self) -> int:
        """Lines that broke an expectation."""
        return sum(fault.stage == "validate" for fault in self.faults)

    @property
    def malformed(self) -> int:
        """Lines that broke a rule of the event format, or could not be scrubbed."""
        return len(self.faults) - self.failed_expectations


@dataclass(frozen=True)
class Written:
    """What of a batch was new."""

    batch_id: str
    interactions: int
    feedback: int
    resent: int


def prepare_batch(
    lines: Sequence[RawLine],
    source: str,
    settings: Settings,
    scrubber: "Scrubber",
    *,
    span: Span = ALWAYS,
    dry_run: bool = False,
) -> Batch:
    """Parse, scrub and check the lines, all in memory; events outside the span are only counted.

    A line that cannot be scrubbed is a fault; a dry run leaves the counts for the Data Docs alone.
    Raises `ScrubError`, naming source and lines, when none can: the scrubber does not work.
    """
    from flywheel.validate import validate_feedback, validate_interactions

    batch = Batch(source, read=len(lines), scrubbed_under=scrubber.version)
    events = _parse(lines, batch, span)
    scrubbed = _scrub(events, batch, scrubber)
    ledger = None if dry_run else settings.home
    asked = (settings.ingest, ledger, datetime.now(UTC), scrubber.allow)
    for line, event in scrubbed:
        if isinstance(event, Interaction):
            batch.interactions.append((line, interaction_row(event, settings.key)))
        else:
            batch.feedback.append((line, feedback_row(event, settings.key)))
    batch.interactions = _sift(
        batch,
        batch.interactions,
        lambda rows: validate_interactions(interaction_frame(rows), *asked),
    )
    batch.feedback = _sift(
        batch, batch.feedback, lambda rows: validate_feedback(feedback_frame(rows), *asked)
    )
    return batch


def _parse(
    lines: Sequence[RawLine], batch: Batch, span: Span
) -> list[tuple[RawLine, Interaction | Feedback]]:
    events = []
    for line in lines:
        parsed = parse_line(line, batch.source)
        if parsed is None:
            batch.blank += 1
        elif isinstance(parsed, Fault):
            batch.faults.append(parsed)
        elif span and parsed.time not in span:
            batch.outside += 1
        else:
            events.append((line, parsed))
    return events


def _scrub(
    events: Sequence[tuple[RawLine, Interaction | Feedback]], batch: Batch, scrubber: "Scrubber"
) -> list[tuple[RawLine, Interaction | Feedback]]:
    """The events that can be scrubbed, without personal data; the others go to quarantine."""
    if not events:
        return []
    first, last = events[0][0].number, events[-1][0].number
    groups = [texts_of(event) for _, event in events]
    try:
        results = scrubber.try_groups(groups)
    except ScrubError as error:
        # Whatever the scrubber says is its own wording; an error beneath could hold text.
        raise ScrubError(
            f"{batch.source}, lines {first} to {last}: {error}; nothing of this batch was written"
        ) from None
    scrubbed = []
    for (line, event), texts, result in zip(events, groups, results, strict=True):
        if isinstance(result, list):
            batch.entities.update(found.type for text in result for found in text.entities)
            batch.found.update(tally_found([name for name, _ in texts], result))
            scrubbed.append((line, with_texts(event, [text.text for text in result])))
        else:
            name = None if result.text is None else texts[result.text][0]
            fault = fault_of(line, batch.source, result.reason, field=name, stage="scrub")
            batch.faults.append(fault)
    return scrubbed


def _sift(batch: Batch, rows: list[Row], validate: "Validate") -> list[Row]:
    """Rows that pass, each id once; a failed row makes room for another line of the same id.

    So it does not matter for the facts whether two lines of one id meet in one batch or in two.
    """
    passed: list[Row] = []
    while rows:
        firsts, twins = _split_by_id(rows)
        validation = validate([row for _, row in firsts])
        batch.expectations += [result.model_dump() for result in validation.results]
        failed = set()
        for n, (line, row) in enumerate(firsts):
            if (name := validation.failures.get(n)) is None:
                passed.append((line, row))
            else:
                failed.add(row["id"])
                batch.faults.append(fault_of(line, batch.source, name, stage="validate"))
        rows = [twin for twin in twins if twin[1]["id"] in failed]
        batch.repeated += len(twins) - len(rows)
    return passed


def _split_by_id(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    firsts: dict[str, Row] = {}
    twins = []
    for row in rows:
        if firsts.setdefault(row[1]["id"], row) is not row:
            twins.append(row)
    return list(firsts.values()), twins


def write_facts(connection: Connection, batch: Batch) -> Written:
    """Append the facts that are not there yet."""
    batch_id = uuid4().hex
    interactions = interaction_frame([row for _, row in batch.interactions])
    feedback = feedback_frame([row for _, row in batch.feedback])
    connection.register("incoming_interactions", interactions)
    connection.register("incoming_feedback", feedback)
    new_interactions = _insert(connection, "insert_interactions", batch_id)
    new_feedback = _insert(connection, "insert_feedback", batch_id)
    known = len(interactions) - new_interactions + len(feedback) - new_feedback
    return Written(batch_id, new_interactions, new_feedback, batch.repeated + known)


def write_faults(connection: Connection, batch_id: str, faults: Sequence[Fault], key: bytes) -> int:
    """Append the faults that are not in quarantine yet; gives how many were new."""
    rows = [fault_row(fault, key) for fault in faults]
    frame = pl.DataFrame(rows, schema=_FAULT_COLUMNS).unique("fault_id", maintain_order=True)
    connection.register("incoming_faults", frame)
    return _insert(connection, "insert_quarantine", batch_id)


def fault_row(fault: Fault, key: bytes) -> dict[str, Any]:
    """One row of `quarantine`; the same fault read again has the same id."""
    place = (fault.source, str(fault.line), str(fault.offset), fault.sha256, fault.reason)
    row = fault.model_dump()
    row["byte_offset"] = row.pop("offset")
    return {"fault_id": keyed_hash(key, "fault", *place)} | row


def write_batch(connection: Connection, batch: Batch, written: Written, run_id: str) -> None:
    """Append the batch's funnel, whose numbers add up to the lines read, and what was scrubbed."""
    connection.execute(
        sql("insert_batch"),
        {
            "batch_id": written.batch_id,
            "run_id": run_id,
            "source": batch.source,
            "lines_read": batch.read,
            "blank": batch.blank,
            "malformed": batch.malformed,
            "failed_expectations": batch.failed_expectations,
            "outside": batch.outside,
            "resent": written.resent,
            "interactions": written.interactions,
            "feedback": written.feedback,
            "entities": json.dumps(batch.entities),
            "expectations": json.dumps(batch.expectations),
        },
    )
    write_scrubbing(connection, written.batch_id, batch.scrubbed_under, found_counts(batch.found))


def _insert(connection: Connection, name: str, batch_id: str) -> int:
    row = connection.execute(sql(name), {"batch_id": batch_id}).fetchone()
    return int(row[0]) if row else 0
