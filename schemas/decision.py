"""What a reviewer decided about a candidate."""

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record
from schemas.event import Id, Time


class Verdict(StrEnum):
    """The four things a reviewer can say."""

    APPROVE = "approve"
    EDIT = "edit"
    """Approve with an edited ideal output."""
    REJECT = "reject"
    SKIP = "skip"


class Decision(Record):
    """One decision; a later one on the same candidate takes its place."""

    candidate_id: Id
    verdict: Verdict
    reviewer: Id
    time: Time
    output: str | None = None
    """The ideal output, with `edit`."""
    reason: str | None = None
    """With `reject`."""

    @model_validator(mode="after")
    def _says_enough(self) -> "Decision":
        if self.verdict is Verdict.EDIT and not (self.output and self.output.strip()):
            raise PydanticCustomError("output_missing", "edit needs the edited output")
        if self.verdict is not Verdict.EDIT and self.output is not None:
            raise PydanticCustomError("output_unexpected", "only edit carries an output")
        if self.verdict is Verdict.REJECT and not (self.reason and self.reason.strip()):
            raise PydanticCustomError("reason_missing", "reject needs a reason")
        return self
