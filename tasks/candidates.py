"""Proposes candidates, and shows in the UI how many wait for a reviewer and why."""

from typing import TYPE_CHECKING

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact

from flywheel.settings import Settings
from flywheel.steps.summaries import read_pending_reasons
from flywheel.store import open_store
from tasks.guard import guarded
from tasks.retry import RETRIES, may_help
from tasks.run import Progress

if TYPE_CHECKING:
    from flywheel.steps.curate import CurateReport


@task(
    name="propose candidates",
    task_run_name="propose candidates",
    persist_result=False,
    retry_condition_fn=may_help,
    **RETRIES,
)
@guarded
def propose_candidates(settings: Settings) -> "CurateReport":
    """Score every answer with new feedback and propose the telling cases."""
    from flywheel.steps.curate import run_curate

    with Progress("Interactions scored", 1.0) as progress:
        report = run_curate(settings, progress=progress.step)
    proposed = ", ".join(f"{count} for {target}" for target, count in report.proposed.items())
    get_run_logger().info("%d answers scored; proposed: %s", report.scored, proposed or "none")
    return report


@task(
    name="propose bank changes",
    task_run_name="propose bank changes",
    persist_result=False,
    retry_condition_fn=may_help,
    **RETRIES,
)
@guarded
def propose_bank_changes(settings: Settings) -> int:
    """Bring gaps, redundant and harmful examples before reviewers; gives how many."""
    from flywheel.steps.bank_proposals import propose_bank_changes as propose

    done = propose(settings)
    get_run_logger().info(
        "the bank: %d gaps, %d redundant, %d harmful (%d more wait for room in the queue)",
        done.gaps,
        done.redundant,
        done.harmful,
        done.deferred,
    )
    return done.gaps + done.redundant + done.harmful


@task(name="show candidates", task_run_name="show candidates", persist_result=False)
@guarded
def show_candidates(settings: Settings, report: "CurateReport") -> int:
    """Artifact: the pending candidates by reason; gives how many there are."""
    rows = read_pending_reasons(open_store(settings))
    pending = sum(row.pending for row in rows)
    held_back = ", ".join(f"{reason} {count}" for reason, count in report.held_back.items())
    create_table_artifact(
        key="candidates",
        table=[row.model_dump() for row in rows],
        description=(
            f"**{pending} candidates wait for a reviewer.** Open the review page, or run "
            "`flywheel decisions export`.\n\n"
            f"Held back by policy `{report.policy_version}`: {held_back or 'none'}."
        ),
    )
    return pending
