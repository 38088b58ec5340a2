"""Ingest: raw events in, scrubbed facts out, a batch at a time, from where each source stopped."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from flywheel.errors import SourceError
from flywheel.parse import may_still_grow
from flywheel.scrub.found import CanaryRecall
from flywheel.settings import Settings
from flywheel.sources.files import discover, take_fingerprint, writable_name
from flywheel.sources.jsonl import RefusedSource, UnfinishedSource
from flywheel.sources.lines import Limits, Position, RawBatch, RawLine, batched
from flywheel.sources.native import read_source
from flywheel.sources.plan import Cursor, Landmark, Plan, plan_reading
from flywheel.steps.batch import (
    Batch,
    Written,
    prepare_batch,
    write_batch,
    write_facts,
    write_faults,
)
from flywheel.steps.behind import one_behind
from flywheel.steps.cursors import read_cursor, read_cursors, write_cursor
from flywheel.steps.funnel import (
    FUNNEL,
    IngestReport,
    SourceReport,
    Tally,
    sum_counts,
    sum_found,
)
from flywheel.steps.rehearsal import Rehearsal, without_salt
from flywheel.steps.scrubbing import plant_canaries, require_recall, write_canaries
from flywheel.steps.status import count_stale_orphans
from flywheel.store import open_store
from flywheel.times import ALWAYS, Span

if TYPE_CHECKING:
    from flywheel.scrub import Scrubber

Progress = Callable[[int, int | None], None]
"""Called with the bytes done and the bytes in all."""

FORMATS: Final = ("native",)

_COLLECTED_EVERY: Final = 100
"""Batches: a look for garbage in all of memory costs a third of a second."""
_SILENT: Final = ("new", "going on", "bounded")
_SHRANK: Final = "shrank; read from its start, known lines are resent"


def _said(plan: Plan) -> str | None:
    """What a person should know about how a source changed."""
    if plan.was is not None:
        return f"{plan.change}: read on where {Path(plan.was).name} stopped"
    if plan.change == "shrank":
        return _SHRANK
    return None if plan.change in _SILENT else plan.change


class _Overtaken(Exception):
    """Another process moved the cursor of this source meanwhile."""


@dataclass
class _Reading:
    """A source that is being read, and what its end turned out to be."""

    path: Path
    plan: Plan
    seq: int | None
    unfinished: str | None = None
    error: str | None = None
    last: Landmark | None = None
    """The last line that was read."""
    moved: bool = False
    """Whether anything was committed."""

    def cursor(self, end: Position, finished: bool) -> Cursor:
        """Of a batch that ends here."""
        return Cursor(self.plan.now, end, finished, 0, self.last)

    @property
    def note(self) -> str | None:
        return "; ".join(filter(None, (_said(self.plan), self.unfinished))) or None


def _landmark(plan: Plan, cursor: Cursor | None) -> Landmark | None:
    """The last line read so far, when reading goes on behind it."""
    return cursor.last if cursor is not None and plan.change in ("grew", "going on") else None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A batch makes hundreds of thousands of objects and hardly garbage: looking for some while it
    is read and prepared takes a quarter of its time. Whoever pauses looks in between."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class IngestSession:
    """One run: the settings, the store and the scrubber that its sources share.

    With a `span` every source is read from its start, events outside are only counted, and no
    cursor moves: a later run reads as if this one had not been. A dry run writes nothing.
    """

    def __init__(
        self,
        settings: Settings,
        run_id: str | None = None,
        *,
        span: Span = ALWAYS,
        dry_run: bool = False,
    ) -> None:
        self.settings = without_salt(settings) if dry_run else settings
        self.run_id = run_id or uuid4().hex
        self.span = span
        self.store = open_store(settings)
        self._rehearsal = Rehearsal(self.store) if dry_run else None
        self._limits = Limits(
            settings.ingest.batch_lines,
            settings.ingest.batch_bytes,
            settings.ingest.max_line_bytes,
        )
        self._cursors: dict[str, Cursor] | None = None
        self._before: dict[str, Cursor] = {}
        self.canaries: tuple[CanaryRecall, ...] = ()
        """What came of those that this run planted; none before its first batch."""
        self._canaries_written = False

    @property
    def scrubber(self) -> "Scrubber":
        """The process's scrubber; its model loads with the first text."""
        from flywheel.scrub import get_scrubber

        return get_scrubber(self.settings, remember=self._rehearsal is None)

    def ingest_source(self, path: Path, progress: Progress | None = None) -> SourceReport:
        """Read what is new in one source; each batch commits together with the cursor.

        Raises `SourceError` when nothing of it can be read and `ScrubError` when a batch cannot be
        scrubbed; what was committed before stays, and the next call goes on there.
        """
        path = Path(os.path.realpath(path))
        tally = Tally()
        while True:
            reading = self._start(path)
            try:
                self._read_on(reading, tally, progress or _no_progress)
            except _Overtaken:
                self._cursors = None
                continue
            except SourceError as error:
                if not tally.counts["read"]:
                    raise
                return tally.report(str(path), reading.note, str(error))
            return tally.report(str(path), reading.note, reading.error)

    def finish(
        self, reports: Sequence[SourceReport], unreadable: dict[str, str] | None = None
    ) -> IngestReport:
        """Sum up a run and, when it checked anything, build the Data Docs."""
        from flywheel.validate import build_data_docs

        rehearsed = self._rehearsal is not None
        new = any(report.read > report.blank + report.malformed for report in reports)
        docs = build_data_docs(self.settings.home) if new and not rehearsed else None
        cut_short = {report.source: report.error for report in reports if report.error}
        return IngestReport(
            run_id=self.run_id,
            sources=tuple(reports),
            unreadable=cut_short | (unreadable or {}),
            data_docs=None if docs is None else str(docs),
            dry_run=rehearsed,
            stale_orphans=count_stale_orphans(self.store, self.settings.ingest.orphan_days),
            reasons=sum_counts(report.reasons for report in reports),
            entities=sum_counts(report.entities for report in reports),
            found=sum_found(reports),
            canaries=self.canaries,
            **{name: sum(getattr(report, name) for report in reports) for name in FUNNEL},
        )

    def _start(self, path: Path) -> _Reading:
        if self.span:
            return _Reading(path, Plan("bounded", Position(), take_fingerprint(path)), None)
        # All cursors at once: a folder of thousands of unchanged files costs one transaction. That
        # they may be out of date is noticed when a batch commits.
        if self._cursors is None:
            self._cursors = self._read_cursors()
            self._before = dict(self._cursors)
        cursor = self._cursors.get(str(path))
        plan = plan_reading(path, cursor, self._before)
        return _Reading(path, plan, cursor.seq if cursor else None, last=_landmark(plan, cursor))

    def _read_cursors(self) -> dict[str, Cursor]:
        if self._rehearsal is not None:
            return self._rehearsal.read_cursors()
        with self.store.transaction() as connection:
            return read_cursors(connection)

    def _read_on(self, reading: _Reading, tally: Tally, progress: Progress) -> None:
        size = reading.plan.now.size
        if reading.plan.change != "unchanged":
            self._read_batches(reading, tally, progress)
        if reading.plan.was is not None and not reading.moved:
            # Under its new name it is known from now on, though nothing in it is new.
            nothing = Batch(str(reading.path), scrubbed_under=self.scrubber.version)
            tally.add(*self._commit(reading, nothing, reading.cursor(reading.plan.start, True)))
        progress(size, size)

    def _read_batches(self, reading: _Reading, tally: Tally, progress: Progress) -> None:
        """Each batch is written while the next one is read and prepared; what was written before
        an error is counted."""
        with _collector_paused(), one_behind() as behind:
            for n, raw in enumerate(batched(self._lines(reading), self._limits), start=1):
                batch, cursor = self._prepare(reading, raw)

                def tell(done: tuple[Batch, Written], raw: RawBatch = raw) -> None:
                    tally.add(*done)
                    progress(min(raw.lines[-1].done, reading.plan.now.size), reading.plan.now.size)

                if batch.read:
                    behind.put(partial(self._commit, reading, batch, cursor), tell)
                # Great Expectations leaves cycles: nearly all are young.
                gc.collect(1 if n % _COLLECTED_EVERY else 2)

    def _lines(self, reading: _Reading) -> Iterator[RawLine]:
        plan = reading.plan
        try:
            yield from read_source(
                reading.path, plan.now.kind, plan.start, self._limits.max_line_bytes
            )
        except UnfinishedSource as error:
            reading.unfinished = str(error)
            if isinstance(error, RefusedSource):
                reading.error = f"{reading.path}: {error}"
        except OSError as error:  # gone since it was found, or its disk fails
            raise SourceError(f"{reading.path}: cannot be read ({error.strerror})") from None

    def _prepare(self, reading: _Reading, raw: RawBatch) -> tuple[Batch, Cursor]:
        """What becomes of the lines, and where reading goes on behind them."""
        self._try_scrubber(raw.lines, str(reading.path))
        batch = prepare_batch(
            raw.lines,
            str(reading.path),
            self.settings,
            self.scrubber,
            span=self.span,
            dry_run=self._rehearsal is not None,
        )
        end, last, taken = raw.end, raw.lines[-1], raw.lines
        half = [f for f in batch.faults if f.line == last.number and may_still_grow(last, f)]
        if half:
            batch.faults.remove(half[0])
            batch.read -= 1
            end, taken = Position(last.offset, last.number), raw.lines[:-1]
            reading.unfinished = "1 unfinished line left for the next run"
        if batch.read:
            reading.last = Landmark(taken[-1].offset, taken[-1].sha256)
        return batch, reading.cursor(end, raw.finished and reading.unfinished is None)

    def _commit(self, reading: _Reading, batch: Batch, cursor: Cursor) -> tuple[Batch, Written]:
        reading.moved = True
        if self._rehearsal is not None:
            return batch, self._rehearsal.write(batch)
        with self.store.transaction() as connection:
            if not self.span:
                now = read_cursor(connection, reading.path)
                if (now.seq if now else None) != reading.seq:
                    raise _Overtaken
            written = write_facts(connection, batch)
            write_faults(connection, written.batch_id, batch.faults, self.settings.key)
            write_batch(connection, batch, written, self.run_id)
            if self.canaries and not self._canaries_written:
                write_canaries(connection, self.run_id, written.batch_id, self.canaries)
            if not self.span:
                seq = write_cursor(connection, reading.path, written.batch_id, cursor)
        self._canaries_written = bool(self.canaries)
        if not self.span:
            reading.seq = seq
            if self._cursors is not None:
                self._cursors[str(reading.path)] = replace(cursor, seq=seq)
        return batch, written

    def _try_scrubber(self, lines: Sequence[RawLine], source: str) -> None:
        """Plant canaries once a run. Raises `CanaryError` when too few are found."""
        if not self.canaries:
            self.canaries = plant_canaries(self.scrubber, lines, source)
        require_recall(self.canaries, self.settings.scrub.canary_recall)


def run_ingest(
    settings: Settings,
    sources: Sequence[str],
    *,
    format: str = "native",
    span: Span = ALWAYS,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Ingest all that the sources name; one that cannot be read does not stop the others.

    `span` and `dry_run` as in `IngestSession`. Raises `SourceError` for a source that names
    nothing, `ScrubError` as `ingest_source`.
    """
    if format not in FORMATS:
        raise SourceError(f"--format {format}: not known; there is: {', '.join(FORMATS)}")
    session = IngestSession(settings, span=span, dry_run=dry_run)
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
