"""Shows in the UI which lines a run put aside, and why; never what they say."""

from collections import Counter
from typing import Final

from prefect import task
from prefect.artifacts import create_table_artifact

from flywheel.settings import Settings
from flywheel.steps.summaries import read_quarantined
from flywheel.store import open_store
from tasks.guard import guarded
from tasks.run import short_path

_ROWS_SHOWN: Final = 200


@task(name="show quarantine", task_run_name="show quarantine", persist_result=False)
@guarded
def show_quarantine(settings: Settings, run_id: str) -> None:
    """Artifact: the lines of this run in quarantine, each with place and reason."""
    faults = read_quarantined(open_store(settings), run_id)
    reasons = Counter(fault.reason for fault in faults)
    summary = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    rows = [
        {
            "source": short_path(fault.source),
            "line": fault.line,
            "reason": fault.reason,
            "field": fault.field or "",
            "stage": fault.stage,
        }
        for fault in faults[:_ROWS_SHOWN]
    ]
    left = len(faults) - len(rows)
    create_table_artifact(
        key="quarantine",
        table=rows,
        description=(
            f"**{len(faults)} lines put aside**: {summary or 'none'}.\n\n"
            + (f"{left} more: `flywheel quarantine list`.\n\n" if left else "")
            + "A line's text is never kept. Mend the source, then `flywheel quarantine retry`."
        ),
    )
