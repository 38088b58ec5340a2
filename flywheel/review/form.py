"""Reads the form that a decision comes in."""

from datetime import UTC, datetime
from typing import Annotated, Literal, NamedTuple

from fastapi import Form

from flywheel.errors import InputError
from flywheel.review.queue import Filters
from schemas.candidate import CandidateView, State, Target
from schemas.decision import Decision, Verdict


class DecisionForm(NamedTuple):
    """What the reviewer chose and typed; unscrubbed, so it goes nowhere but to `record_decision`
    and back to the page of the one who typed it.
    """

    verdict: Verdict
    output: str
    reason: str
    note: str

    def decision(self, view: CandidateView, reviewer: str) -> Decision:
        """The decision that it stands for. Raises `InputError` when it says too little."""
        if self.verdict is Verdict.EDIT and self.output != view.proposed_output:
            if not self.output.strip():
                raise InputError("Write the ideal output: an empty one cannot be approved.")
            return decision_now(view.candidate_id, Verdict.EDIT, reviewer, output=self.output)
        if self.verdict in (Verdict.EDIT, Verdict.APPROVE):
            if view.proposed_output is None:
                raise InputError("There is no proposed ideal output to approve: write one.")
            return decision_now(view.candidate_id, Verdict.APPROVE, reviewer)
        if self.verdict is Verdict.SKIP:
            return decision_now(view.candidate_id, Verdict.SKIP, reviewer)
        why = ": ".join(part.strip() for part in (self.reason, self.note) if part.strip())
        if not why:
            raise InputError("Say why it is rejected: choose a reason or write one.")
        return decision_now(view.candidate_id, Verdict.REJECT, reviewer, reason=why)


def decision_now(
    candidate_id: str,
    verdict: Verdict,
    reviewer: str,
    *,
    output: str | None = None,
    reason: str | None = None,
) -> Decision:
    """A decision of this moment."""
    return Decision.model_validate(
        {
            "candidate_id": candidate_id,
            "verdict": verdict,
            "reviewer": reviewer,
            "time": datetime.now(UTC).isoformat(),
            "output": output,
            "reason": reason,
        }
    )


def read_form(
    verdict: Annotated[Verdict, Form()],
    output: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> DecisionForm:
    """The form's fields; browsers send line breaks as CR LF."""
    return DecisionForm(verdict, output.replace("\r\n", "\n"), reason, note)


def read_filters(
    state: State = "pending",
    target: Literal["", "golden", "bank"] = "",
    feature: str = "",
) -> Filters:
    """The filters in an address; an empty choice is none."""
    return Filters(state=state, target=Target(target) if target else None, feature=feature or None)
