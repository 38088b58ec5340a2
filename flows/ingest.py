"""The flow `ingest`: raw events in, scrubbed and checked facts out."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from tasks.events import announce_ingested
from tasks.guard import ends_in_a_state
from tasks.personal_data import show_personal_data
from tasks.quarantine import show_quarantine
from tasks.run import HOME, Progress, parameter, run_here, settings_of_run, short_path
from tasks.sources import find_sources, ingest_source, show_funnel, total_size


def _name() -> str:
    sources = [short_path(source) for source in parameter("sources")]
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"ingest {sources[0] if sources else 'nothing'}{more}"


@flow(name="ingest", flow_run_name=_name, persist_result=False)
@ends_in_a_state
def ingest(
    sources: tuple[str, ...] = Field(
        default=("data/inbox",),
        description="Files, folders or globs of .jsonl, .jsonl.gz and .parquet",
    ),
    allow_empty: bool = Field(
        default=False, description="A source may hold no files yet, as an inbox does"
    ),
    since: str = Field(
        default="", description="Only events of this time or later: 2025-01-06 or RFC 3339"
    ),
    until: str = Field(default="", description="Only events before this"),
    dry_run: bool = Field(default=False, description="Say what would happen; write nothing"),
    home: str = Field(default="", description=HOME),
) -> State[None]:
    """Read what is new in each source; personal data is out before anything is written.

    1. **Find** the files. Each has a cursor: only what is new in it is read.
    2. **Ingest** each: parse, scrub, check, dedupe; a batch and its cursor commit together, so a
       run that is killed loses nothing and repeats nothing.
    3. **Show** what became of the lines in the artifacts `funnel`, `pii-report`,
       `canaries` and `quarantine`, and **announce** new events: the deployment `curate` starts.

    With `since` or `until` all files are read from their starts, events outside are only counted,
    and where the next run goes on does not change.
    """
    from flywheel.steps.ingest import IngestSession
    from flywheel.times import parse_span

    settings = settings_of_run(home)
    span = parse_span(since, until)
    paths = find_sources(settings, sources, allow_empty, everything=bool(span))
    if not paths:
        return Completed(message="nothing new in " + ", ".join(map(short_path, sources)))
    session = IngestSession(settings, span=span, dry_run=dry_run)
    with Progress(f"Bytes of {len(paths)} files", total_size(paths)) as progress:
        runs = [ingest_source(session, path, progress, return_state=True) for path in paths]
    done = [run.result() for run in runs if run.is_completed()]
    failed = {
        short_path(path): type(run.result(raise_on_failure=False)).__name__
        for path, run in zip(paths, runs, strict=True)
        if not run.is_completed()
    }
    failed |= {short_path(source.source): "cut short" for source in done if source.error}
    report = session.finish(done, failed)
    show_funnel(report)
    show_personal_data(report)
    show_quarantine(settings, report.run_id)
    new = report.interactions + report.feedback
    if new and not dry_run:
        announce_ingested(new)
    if failed:
        why = ", ".join(f"{path} ({error})" for path, error in failed.items())
        return Failed(message=f"{len(failed)} of {len(paths)} sources failed: {why}")
    aside = report.malformed + report.failed_expectations
    return Completed(
        message=f"{report.interactions} interactions and {report.feedback} feedback new, "
        f"{report.resent} resent, {aside} to quarantine"
    )


if __name__ == "__main__":
    import sys

    run_here(ingest, **({"sources": tuple(sys.argv[1:])} if sys.argv[1:] else {}))
