"""The flow `promote`: approved candidates become examples, examples a release."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from tasks.guard import ends_in_a_state
from tasks.release import promote_approved, show_release
from tasks.run import HOME, run_here, settings_of_run


@flow(name="promote", flow_run_name="promote", persist_result=False)
@ends_in_a_state
def promote(
    home: str = Field(default="", description=HOME),
) -> State[None]:
    """Turn decisions into a release that production reads.

    1. **Promote** by each candidate's newest decision; a case is never in both the golden set and
       the bank, and what is refused says why.
    2. **Publish** a release if anything changed; the same content publishes nothing.
    3. **Announce** it: the deployment `evaluate` starts.

    The artifact `release` holds the counts, the files and their hashes.
    """
    settings = settings_of_run(home)
    report = promote_approved(settings)
    show_release(settings, report)
    changed = f"{sum(report.added.values())} added, {sum(report.withdrawn.values())} withdrawn"
    release = "published" if report.published else "unchanged"
    return Completed(
        message=f"{changed}, {len(report.refused)} refused; release {report.release} {release}"
    )


if __name__ == "__main__":
    run_here(promote)
