"""Quarantine: what lies there, and reading it again from the source."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from uuid import uuid4

import polars as pl
from pydantic import Field

from flywheel.errors import SourceError
from flywheel.settings import Settings
from flywheel.sources.files import take_fingerprint
from flywheel.sources.lines import Position, RawLine
from flywheel.sources.native import read_source_at
from flywheel.steps.batch import Batch, Written, prepare_batch, write_batch, write_facts
from flywheel.steps.scrubbing import plant_canaries, require_recall
from flywheel.store import Store, open_store
from flywheel.store.sql import fetch_rows, sql
from schemas.base import Record
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


def read_quarantine(
    store: Store, *, reason: str | None = None, source: str | None = None
) -> list[QuarantinedFault]:
    """The open faults; `source` is a path or a part of one."""
    with store.transaction() as connection:
        rows = fetch_rows(connection, "read_quarantine", {"reason": reason, "source": source})
    return [QuarantinedFault(**row) for row in rows]


def retry_quarantine(
    settings: Settings,
    *,
    reason: str | None = None,
    source: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> RetryReport:
    """Read the original bytes of open faults again; what passes is stored and leaves the list.

    Raises `ScrubError` and `CanaryError` as ingest does; what was stored before stays.
    """
    store, run_id = open_store(settings), uuid4().hex
    faults = read_quarantine(store, reason=reason, source=source)
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
