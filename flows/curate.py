"""The flow `curate`: feedback becomes scores, telling cases become candidates."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from tasks.candidates import propose_bank_changes, propose_candidates, show_candidates
from tasks.guard import ends_in_a_state
from tasks.run import HOME, run_here, settings_of_run


@flow(name="curate", flow_run_name="curate", persist_result=False)
@ends_in_a_state
def curate(
    home: str = Field(default="", description=HOME),
) -> State[None]:
    """Propose the telling cases to reviewers.

    1. **Join** feedback to the answers it is about; **score** each answer: P(good) with evidence.
    2. **Propose** by the policy file: answers judged bad for the golden set, good or corrected
       ones for the bank.
    3. **Hold** the bank against live use: what it lacks, what it has twice and what hurts goes to
       reviewers, too.
    4. **Show** what waits and why, in the artifact `candidates`.

    Nothing is promoted here: a person decides, on the review page.
    """
    settings = settings_of_run(home)
    report = propose_candidates(settings)
    of_the_bank = propose_bank_changes(settings)
    pending = show_candidates(settings, report)
    proposed = sum(report.proposed.values()) + of_the_bank
    return Completed(message=f"{proposed} new candidates; {pending} wait for a reviewer")


if __name__ == "__main__":
    run_here(curate)
