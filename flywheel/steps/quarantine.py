"""Quarantine: what lies there, and reading it again from the source."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal
from uuid import uuid4

import polars as pl
from pydantic import Field

from flywheel.errors import InputError, SourceError
from flywheel.frame import feedback_row, interaction_row, texts_of, with_texts
from flywheel.parse import parse_line
from flywheel.settings import Settings
from flywheel.shape import shape_of
from flywheel.sources.files import take_fingerprint
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.native import read_source_at
from flywheel.steps.batch import Batch, Written, prepare_batch, write_batch, write_facts
from flywheel.steps.scrubbing import plant_canaries, require_recall
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from flywheel.times import ALWAYS, Span
from schemas.base import Record
from schemas.event import Interaction
from schemas.fault import Fault


class QuarantinedFault(Fault):
    """A fault as it lies in quarantine."""

    fault_id: str
    quarantined_at: str
    """ISO 8601, UTC."""


class RetryReport(Record):
    """What reading the quarantined lines again gave."""

    tried: int
    stored: int
    """Passed now, and new."""
    resent: int
    """Passed now; the id was there already."""
    failing: dict[str, int] = Field(default_factory=dict)
    """Still in quarantine, by the reason of today."""
    gone: int
    """Still in quarantine: the source is gone, or has other bytes there."""


class ShownFault(QuarantinedFault):
    """A fault with what can be told about its line."""

    found: Literal["yes", "gone"]
    """Whether the source still has these bytes there."""
    shape: str | None
    """Known keys and kinds of values, never a text."""
    scrubbed: str | None
    """The event as it would be stored, personal data taken out; none when it is no event."""


def read_quarantine(
    store: Store, *, reason: str | None = None, source: str | None = None, span: Span = ALWAYS
) -> list[QuarantinedFault]:
    """The open faults; `source` is a path or a part of one, `span` when they were put aside."""
    values = {"reason": reason, "source": source, "since": span.since, "until": span.until}
    with store.transaction() as connection:
        rows = fetch_rows(connection, "read_quarantine", values)
    return [QuarantinedFault(**row) for row in rows]


def show_fault(settings: Settings, fault_id: str) -> ShownFault:
    """One fault, by its id or the beginning of it; its line is read again and shown without text.

    Raises `InputError` for an id that names none, or several.
    """
    faults = [f for f in read_quarantine(open_store(settings)) if f.fault_id.startswith(fault_id)]
    if not fault_id or len(faults) != 1:
        found = f"{len(faults):,} lines" if faults else "no line"
        raise InputError(
            f"{fault_id[:40]!r}: {found} in quarantine with an id that begins so; it takes the id "
            "of one, see: flywheel quarantine list"
        )
    (fault,) = faults
    lines = _read_again(Path(fault.source), faults, settings.ingest.max_line_bytes)
    held = bool(lines) and lines[0][0].fault is None
    return ShownFault(
        **dict(fault),
        found="yes" if lines else "gone",
        shape=shape_of(lines[0][0].data) if held else None,
        scrubbed=_scrubbed(lines[0][0], settings) if held else None,
    )


def _scrubbed(line: RawLine, settings: Settings) -> str | None:
    from flywheel.scrub import get_scrubber

    event = parse_line(line, "")
    if event is None or isinstance(event, Fault):
        return None
    texts = texts_of(event)
    if any(len(text) > settings.scrub.max_chars for _, text in texts):
        return None
    (group,) = get_scrubber(settings).scrub_groups([texts])
    shown = with_texts(event, [text.text for text in group])
    if isinstance(shown, Interaction):
        row = interaction_row(shown, settings.key)
    else:
        row = feedback_row(shown, settings.key)
    kept = {key: value for key, value in row.items() if value not in (None, "{}", "[]")}
    return json.dumps(kept, ensure_ascii=False, default=str)


def retry_quarantine(
    settings: Settings,
    *,
    reason: str | None = None,
    source: str | None = None,
    span: Span = ALWAYS,
    progress: Callable[[int, int | None], None] | None = None,
) -> RetryReport:
    """Read the original bytes of open faults again; what passes is stored and leaves the list.

    Raises `ScrubError` and `CanaryError` as ingest does; what was stored before stays.
    """
    store, run_id = open_store(settings), uuid4().hex
    faults = read_quarantine(store, reason=reason, source=source, span=span)
    counts: Counter[str] = Counter()
    failing: Counter[str] = Counter()
    tried, proven = 0, False
    for path, some in _chunks(faults, settings.ingest.batch_lines):
        lines = _read_again(path, some, settings.ingest.max_line_bytes)
        counts["gone"] += len(some) - len(lines)
        if lines:
            if not proven:
                _try_scrubber(settings, path, lines)
                proven = True
            batch, written = _store(settings, store, run_id, path, lines)
            failing.update(fault.reason for fault in batch.faults)
            counts["resent"] += written.resent
            counts["stored"] += written.interactions + written.feedback
        tried += len(some)
        if progress is not None:
            progress(tried, len(faults))
    return RetryReport(
        tried=tried,
        stored=counts["stored"],
        resent=counts["resent"],
        failing=dict(sorted(failing.items())),
        gone=counts["gone"],
    )


def _chunks(
    faults: Sequence[QuarantinedFault], size: int
) -> Iterator[tuple[Path, list[QuarantinedFault]]]:
    for source, group in groupby(faults, key=lambda fault: fault.source):
        some = list(group)
        for start in range(0, len(some), size):
            yield Path(source), some[start : start + size]


def _read_again(
    path: Path, faults: Sequence[QuarantinedFault], max_line_bytes: int
) -> list[tuple[RawLine, str]]:
    """The lines that have the same bytes as then, each with the id of its fault."""
    try:
        kind = take_fingerprint(path).kind
        starts = [Position(fault.offset, fault.line) for fault in faults]
        lines = list(read_source_at(path, kind, starts, max_line_bytes))
    except SourceError:
        return []
    return [
        (line, fault.fault_id)
        for line, fault in zip(lines, faults, strict=True)
        if line is not None and line.sha256 == fault.sha256
    ]


def _try_scrubber(settings: Settings, path: Path, lines: Sequence[tuple[RawLine, str]]) -> None:
    from flywheel.scrub import get_scrubber

    planted = plant_canaries(get_scrubber(settings), (line for line, _ in lines), str(path))
    require_recall(planted, settings.scrub.canary_recall)


def _store(
    settings: Settings,
    store: Store,
    run_id: str,
    path: Path,
    lines: Sequence[tuple[RawLine, str]],
) -> tuple[Batch, Written]:
    from flywheel.scrub import get_scrubber

    by_offset: dict[int, list[str]] = defaultdict(list)
    unique: dict[int, RawLine] = {}
    for line, fault_id in lines:  # one line may have failed for two reasons, at two times
        by_offset[line.offset].append(fault_id)
        unique.setdefault(line.offset, line)
    batch = prepare_batch(list(unique.values()), str(path), settings, get_scrubber(settings))
    for fault in batch.faults:
        del by_offset[fault.offset]
    passed = [fault_id for ids in by_offset.values() for fault_id in ids]
    # The batch's row counts what goes in; the faults that remain were counted when they came.
    stored = Batch(
        batch.source,
        read=batch.read - len(batch.faults),
        blank=batch.blank,
        repeated=batch.repeated,
        interactions=batch.interactions,
        feedback=batch.feedback,
        entities=batch.entities,
        found=batch.found,
        scrubbed_under=batch.scrubbed_under,
        expectations=batch.expectations,
    )
    with store.transaction() as connection:
        written = write_facts(connection, stored)
        if passed:
            frame = pl.DataFrame({"fault_id": passed})
            connection.register("incoming_outcomes", frame)
            connection.execute(sql("insert_outcomes"), {"batch_id": written.batch_id})
            write_batch(connection, stored, written, run_id)
    return batch, written
