"""Shows in the UI what scrubbing took out, and how sure it is; counts alone."""

from typing import TYPE_CHECKING, Final

from prefect import task
from prefect.artifacts import create_table_artifact

from tasks.guard import guarded

if TYPE_CHECKING:
    from flywheel.steps.funnel import IngestReport

_ROWS_SHOWN: Final = 200


@task(name="show personal data", task_run_name="show personal data", persist_result=False)
@guarded
def show_personal_data(report: "IngestReport") -> None:
    """Artifacts: what was taken out, by type, field and recogniser; and the canaries, by type."""
    taken = sum(one.count for one in report.found)
    create_table_artifact(
        key="pii-report",  # Prefect's keys hold no underscores
        table=[
            {
                "type": one.type,
                "field": one.field,
                "recogniser": one.recogniser,
                "taken out": one.count,
            }
            for one in report.found[:_ROWS_SHOWN]
        ],
        description=f"**{taken:,} pieces of personal data taken out**, before anything was stored.",
    )
    if report.canaries:
        create_table_artifact(
            key="canaries",
            table=[
                {
                    "type": one.type,
                    "planted": one.planted,
                    "found": one.found,
                    "recall": round(one.recall, 3),
                }
                for one in report.canaries
            ],
            description=(
                "Invented identities planted into copies of a few records, in memory, and how many "
                "the scrubber found. Below `FLYWHEEL_SCRUB__CANARY_RECALL` nothing is written."
            ),
        )
