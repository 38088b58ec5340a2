"""Finds and ingests sources, one a task, and shows in the UI what became of their lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.runtime import task_run

from flywheel.errors import SourceError
from flywheel.settings import Settings
from flywheel.sources.files import discover
from flywheel.store import open_store
from tasks.guard import guarded
from tasks.retry import RETRIES, may_help
from tasks.run import Progress, short_path

if TYPE_CHECKING:
    from flywheel.steps.funnel import IngestReport, SourceReport
    from flywheel.steps.ingest import IngestSession

_ROWS_SHOWN = 200


def _name() -> str:
    return f"ingest {short_path(task_run.parameters['path'])}"


@task(name="find sources", task_run_name="find sources", persist_result=False)
@guarded
def find_sources(
    settings: Settings, sources: Sequence[str], allow_empty: bool, everything: bool = False
) -> list[Path]:
    """The files with something new in them, or `everything`.

    With `allow_empty` a source may hold no files. Raises `SourceError`.
    """
    from flywheel.steps.news import with_news

    found: set[Path] = set()
    for source in sources:
        try:
            found.update(discover([source], settings.home))
        except SourceError as error:
            if not allow_empty:
                raise
            get_run_logger().info("nothing to read: %s", error)
    news = sorted(found) if everything else with_news(open_store(settings), sorted(found))
    get_run_logger().info("%d files found, %d with something new", len(found), len(news))
    return news


@task(
    name="ingest source",
    task_run_name=_name,
    persist_result=False,
    retry_condition_fn=may_help,
    **RETRIES,
)
@guarded
def ingest_source(session: "IngestSession", path: Path, progress: Progress) -> "SourceReport":
    """Read what is new in one source; another try goes on where this one stopped."""
    size = _size(path)
    report = session.ingest_source(path, progress=lambda done, of: progress.step(done, of, size))
    progress.finish(size)
    get_run_logger().info(
        "%d lines read: %d interactions and %d feedback new, %d resent, %d to quarantine%s",
        report.read,
        report.interactions,
        report.feedback,
        report.resent,
        report.quarantined,
        f" ({report.note})" if report.note else "",
    )
    return report


@task(name="show funnel", task_run_name="show funnel", persist_result=False)
@guarded
def show_funnel(report: "IngestReport") -> None:
    """Artifact: by source, how many lines were read and what became of them."""
    rows = [_row(short_path(source.source), source) for source in report.sources[:_ROWS_SHOWN]]
    entities = ", ".join(f"{kind} {count}" for kind, count in sorted(report.entities.items()))
    remarks = [f"Personal data taken out: {entities or 'none'}."]
    if report.dry_run:
        remarks.insert(0, "Dry run: nothing was written.")
    if report.stale_orphans:
        remarks.append(f"{report.stale_orphans} feedback wait too long for their interaction.")
    if report.data_docs:
        remarks.append(f"Checks of the batches: `{short_path(report.data_docs)}`.")
    notes = {short_path(source.source): source.note for source in report.sources if source.note}
    remarks += [f"- `{source}`: {note}" for source, note in notes.items()]
    create_table_artifact(
        key="funnel",
        table=[*rows, _row(f"all {len(report.sources)}", report)],
        description="\n\n".join(remarks),
    )


def _row(name: str, counts: "SourceReport | IngestReport") -> dict[str, str | int]:
    return {
        "source": name,
        "read": counts.read,
        "blank": counts.blank,
        "outside": counts.outside,
        "resent": counts.resent,
        "quarantined": counts.quarantined,
        "interactions": counts.interactions,
        "feedback": counts.feedback,
    }


def total_size(paths: Sequence[Path]) -> float:
    """Bytes on disk, the measure of progress."""
    return sum(map(_size, paths))


def _size(path: Path) -> float:
    try:
        return float(path.stat().st_size)
    except OSError:
        return 0.0  # a link to nowhere, a file gone since: reading it says so
