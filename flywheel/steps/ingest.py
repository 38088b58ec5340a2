"""Ingest: raw events in, scrubbed facts out, a batch at a time, from where each source stopped."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from pydantic import Field

from flywheel.errors import SourceError
from flywheel.parse import may_still_grow
from flywheel.scrub.canaries import CanaryRecall
from flywheel.scrub.found import FoundCount, Tally, found_counts
from flywheel.settings import Settings
from flywheel.sources.files import Cursor, Fingerprint, Plan, discover, plan_reading, writable_name
from flywheel.sources.jsonl import UnfinishedSource
from flywheel.sources.lines import Limits, Position, RawBatch, RawLine, batched
from flywheel.sources.native import read_source
from flywheel.steps.batch import (
    Batch,
    Written,
    prepare_batch,
    write_batch,
    write_facts,
    write_faults,
)
from flywheel.steps.scrubbing import plant_canaries, require_recall, write_canaries
from flywheel.store import Connection, open_store
from flywheel.store.sql import sql
from schemas.base import Record

if TYPE_CHECKING:
    from flywheel.scrub import Scrubber

Progress = Callable[[int, int | None], None]
"""Called with the bytes done and the bytes in all."""

FORMATS: Final = ("native",)
FUNNEL: Final = (
    "read",
    "blank",
    "malformed",
    "failed_expectations",
    "resent",
    "interactions",
    "feedback",
)
"""The funnel's numbers; `read` is the sum of the others."""


class _Funnel(Record):
    read: int = 0
    blank: int = 0
    malformed: int = 0
    failed_expectations: int = 0
    resent: int = 0
    """Lines whose id was there already."""
    interactions: int = 0
    feedback: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)
    """Lines that went to quarantine, by reason."""
    entities: dict[str, int] = Field(default_factory=dict)
    """Personal data taken out, by type."""
    found: tuple[FoundCount, ...] = ()
    """The same by field, type and recogniser."""


class SourceReport(_Funnel):
    """What became of one source's lines."""

    source: str
    note: str | None = None
    """What a person should know: "replaced", "unchanged", a line left for the next run."""


class IngestReport(_Funnel):
    """What became of all sources' lines."""

    run_id: str
    sources: tuple[SourceReport, ...]
    unreadable: dict[str, str] = Field(default_factory=dict)
    """Sources that could not be read, with why; the others went in."""
    canaries: tuple[CanaryRecall, ...] = ()
    """Invented identities planted into copies of records, and how many were found, by type."""
    data_docs: str | None = None
    """The page that shows the expectations' results; none when no row was checked."""


class _Overtaken(Exception):
    """Another process moved the cursor of this source meanwhile."""


@dataclass
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    entities: Counter[str] = field(default_factory=Counter)
    found: Tally = field(default_factory=Counter)

    def add(self, batch: Batch, written: Written) -> None:
        self.counts.update(
            read=batch.read,
            blank=batch.blank,
            malformed=batch.malformed,
            failed_expectations=batch.failed_expectations,
            resent=written.resent,
            interactions=written.interactions,
            feedback=written.feedback,
        )
        self.reasons.update(fault.reason for fault in batch.faults)
        self.entities.update(batch.entities)
        self.found.update(batch.found)


@dataclass
class _Reading:
    """A source that is being read, and what its end turned out to be."""

    path: Path
    plan: Plan
    seq: int | None
    unfinished: str | None = None

    @property
    def note(self) -> str | None:
        change = None if self.plan.change in ("new", "going on") else self.plan.change
        return "; ".join(filter(None, (change, self.unfinished))) or None


class IngestSession:
    """One run: the settings, the store and the scrubber that its sources share."""

    def __init__(self, settings: Settings, run_id: str | None = None) -> None:
        self.settings = settings
        self.run_id = run_id or uuid4().hex
        self.store = open_store(settings)
        self._limits = Limits(
            settings.ingest.batch_lines,
            settings.ingest.batch_bytes,
            settings.ingest.max_line_bytes,
        )
        self._cursors: dict[str, Cursor] | None = None
        self.canaries: tuple[CanaryRecall, ...] = ()
        """What came of those that this run planted; none before its first batch."""
        self._canaries_written = False

    @property
    def scrubber(self) -> "Scrubber":
        """The process's scrubber; its model loads with the first text."""
        from flywheel.scrub import get_scrubber

        return get_scrubber(self.settings)

    def ingest_source(self, path: Path, progress: Progress | None = None) -> SourceReport:
        """Read what is new in one source; each batch commits together with the cursor.

        Raises `SourceError` when it cannot be read and `ScrubError` when a batch cannot be
        scrubbed; what was committed before stays, and the next call goes on there.
        """
        path = path.resolve()
        tally = _Tally()
        while True:
            reading = self._start(path)
            try:
                self._read_on(reading, tally, progress or _no_progress)
            except _Overtaken:
                self._cursors = None
                continue
            return SourceReport(
                source=str(path),
                note=reading.note,
                reasons=dict(sorted(tally.reasons.items())),
                entities=dict(sorted(tally.entities.items())),
                found=found_counts(tally.found),
                **tally.counts,
            )

    def finish(
        self, reports: Sequence[SourceReport], unreadable: dict[str, str] | None = None
    ) -> IngestReport:
        """Sum up a run and, when it checked anything, build the Data Docs."""
        from flywheel.validate import build_data_docs

        new = any(report.read > report.blank + report.malformed for report in reports)
        docs = build_data_docs(self.settings.home) if new else None
        return IngestReport(
            run_id=self.run_id,
            sources=tuple(reports),
            unreadable=unreadable or {},
            data_docs=None if docs is None else str(docs),
            reasons=_sum(report.reasons for report in reports),
            entities=_sum(report.entities for report in reports),
            found=_sum_found(reports),
            canaries=self.canaries,
            **{name: sum(getattr(report, name) for report in reports) for name in FUNNEL},
        )

    def _start(self, path: Path) -> _Reading:
        # All cursors at once: a folder of thousands of unchanged files costs one transaction. That
        # they may be out of date is noticed when a batch commits.
        if self._cursors is None:
            with self.store.transaction() as connection:
                self._cursors = read_cursors(connection)
        cursor = self._cursors.get(str(path))
        return _Reading(path, plan_reading(path, cursor), cursor.seq if cursor else None)

    def _read_on(self, reading: _Reading, tally: _Tally, progress: Progress) -> None:
        size = reading.plan.now.size
        if reading.plan.change != "unchanged":
            for raw in batched(self._lines(reading), self._limits):
                self._ingest_batch(reading, raw, tally)
                progress(min(raw.lines[-1].done, size), size)
        progress(size, size)

    def _lines(self, reading: _Reading) -> Iterator[RawLine]:
        plan = reading.plan
        try:
            yield from read_source(
                reading.path, plan.now.kind, plan.start, self._limits.max_line_bytes
            )
        except UnfinishedSource as error:
            reading.unfinished = str(error)
        except OSError as error:  # gone since it was found, or its disk fails
            raise SourceError(f"{reading.path}: cannot be read ({error.strerror})") from None

    def _ingest_batch(self, reading: _Reading, raw: RawBatch, tally: _Tally) -> None:
        source = str(reading.path)
        if not self.canaries:
            self.canaries = plant_canaries(self.scrubber, raw.lines, source)
        require_recall(self.canaries, self.settings.scrub.canary_recall)
        batch = prepare_batch(raw.lines, source, self.settings, self.scrubber)
        end = raw.end
        last = raw.lines[-1]
        half = [f for f in batch.faults if f.line == last.number and may_still_grow(last, f)]
        if half:
            batch.faults.remove(half[0])
            batch.read -= 1
            end = Position(last.offset, last.number)
            reading.unfinished = "1 unfinished line left for the next run"
        if batch.read:
            finished = raw.finished and reading.unfinished is None
            tally.add(batch, self._commit(reading, batch, end, finished))

    def _commit(self, reading: _Reading, batch: Batch, end: Position, finished: bool) -> Written:
        with self.store.transaction() as connection:
            now = read_cursor(connection, reading.path)
            if (now.seq if now else None) != reading.seq:
                raise _Overtaken
            written = write_facts(connection, batch)
            write_faults(connection, written.batch_id, batch.faults, self.settings.key)
            write_batch(connection, batch, written, self.run_id)
            if not self._canaries_written:
                write_canaries(connection, self.run_id, written.batch_id, self.canaries)
            seq = _write_cursor(connection, reading, written.batch_id, end, finished)
        self._canaries_written = True
        reading.seq = seq
        if self._cursors is not None:
            cursor = Cursor(reading.plan.now, end, finished, seq)
            self._cursors[str(reading.path)] = cursor
        return written


def run_ingest(
    settings: Settings,
    sources: Sequence[str],
    *,
    format: str = "native",
    progress: Progress | None = None,
) -> IngestReport:
    """Ingest all that the sources name; one that cannot be read does not stop the others.

    Raises `SourceError` for a source that names nothing, `ScrubError` as `ingest_source`.
    """
    if format not in FORMATS:
        raise SourceError(f"--format {format}: not known; there is: {', '.join(FORMATS)}")
    session = IngestSession(settings)
    reports: list[SourceReport] = []
    unreadable: dict[str, str] = {}
    for path, on_source in _with_progress(discover(sources, settings.home), progress):
        try:
            reports.append(session.ingest_source(path, on_source))
        except SourceError as error:
            unreadable[writable_name(path)] = str(error)
    return session.finish(reports, unreadable)


def _with_progress(
    paths: Sequence[Path], progress: Progress | None
) -> Iterator[tuple[Path, Progress | None]]:
    """Each path with a callback that counts on from the paths before it."""
    sizes = [_size(path) for path in paths]
    total, before = sum(sizes), 0
    if progress is not None:
        progress(0, total)
    for path, size in zip(paths, sizes, strict=True):
        yield path, None if progress is None else _shifted(progress, before, total)
        before += size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # gone since it was found: reading it will say so


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def _no_progress(done: int, total: int | None) -> None:
    pass


def read_cursor(connection: Connection, path: Path) -> Cursor | None:
    """Where reading this source goes on; None for one that was never read."""
    return _cursors(connection, str(path)).get(str(path))


def read_cursors(connection: Connection) -> dict[str, Cursor]:
    """Where reading goes on, by path, for every source that was ever read."""
    return _cursors(connection, None)


def _cursors(connection: Connection, path: str | None) -> dict[str, Cursor]:
    rows = connection.execute(sql("current_cursors"), {"path": path}).fetchall()
    return {
        name: Cursor(Fingerprint(*seen), Position(offset, line), finished, seq)
        for name, *seen, offset, line, finished, seq in rows
    }


def _write_cursor(
    connection: Connection, reading: _Reading, batch_id: str, end: Position, finished: bool
) -> int:
    seen = reading.plan.now
    values: dict[str, Any] = {
        "batch_id": batch_id,
        "path": str(reading.path),
        "kind": seen.kind,
        "size": seen.size,
        "head_bytes": seen.head_bytes,
        "head_sha256": seen.head_sha256,
        "next_offset": end.offset,
        "next_line": end.line,
        "finished": finished,
    }
    row = connection.execute(sql("insert_cursor"), values).fetchone()
    return int(row[0]) if row else 0


def _sum_found(reports: Sequence[SourceReport]) -> tuple[FoundCount, ...]:
    total: Tally = Counter()
    for one in (one for report in reports for one in report.found):
        total[one.field, one.type, one.recogniser] += one.count
    return found_counts(total)


def _sum(counts: Iterator[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))
