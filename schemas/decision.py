"""What a reviewer decided about a candidate."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record
from schemas.event import Id, Time
from schemas.target import Target

Label = Annotated[str, Field(pattern=r"^[\w][\w .:/+-]{0,39}$")]
"""A reviewer's tag."""
Score = Annotated[int, Field(ge=1, le=5)]
"""By one criterion of the rubric: 5 is best."""


class Verdict(StrEnum):
    """What a reviewer can say."""

    APPROVE = "approve"
    EDIT = "edit"
    """Approve with an edited ideal output."""
    REJECT = "reject"
    SKIP = "skip"
    SEND = "send"
    """A colleague should decide."""
    UNDO = "undo"
    """The reviewer takes back a decision: what stood before it stands again."""


JUDGEMENTS = frozenset({Verdict.APPROVE, Verdict.EDIT, Verdict.REJECT})
"""The verdicts that settle a case."""


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
    target: Annotated[Target, Field(strict=False)] | None = None
    """Where the example goes, when not where it was proposed; with `approve` and `edit`."""
    critical: bool | None = None
    """A golden case that must never fail, whatever the others do."""
    labels: tuple[Label, ...] | None = None
    note: str | None = None
    """For colleagues and the audit; no part of the example."""
    rubric: dict[str, Score] | None = None
    """By criterion; which there are is a setting."""
    text_version: Id | None = None
    """`text_version` of what the reviewer was shown."""
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """From the showing to the decision."""
    sent_to: Id | None = None
    """With `send`."""
    adjudicates: bool | None = None
    """Settles a case on which two reviewers differ."""
    undoes: Id | None = None
    """With `undo`: the id of the reviewer's own decision."""

    @model_validator(mode="after")
    def _says_enough(self) -> "Decision":
        for verdict, name in (
            (Verdict.EDIT, "output"),
            (Verdict.REJECT, "reason"),
            (Verdict.SEND, "sent_to"),
            (Verdict.UNDO, "undoes"),
        ):
            value = getattr(self, name)
            if self.verdict is verdict and not (value and value.strip()):
                said = "the edited output" if verdict is Verdict.EDIT else f"a {name}"
                raise PydanticCustomError(f"{name}_missing", f"{verdict} needs {said}")
            if self.verdict is not verdict and value is not None and name != "reason":
                said = "an output" if name == "output" else name
                raise PydanticCustomError(f"{name}_unexpected", f"only {verdict} carries {said}")
        if self.target and self.verdict not in (Verdict.APPROVE, Verdict.EDIT):
            raise PydanticCustomError("target_unexpected", "only an approval carries a target")
        if self.critical and (self.verdict not in JUDGEMENTS or self.target is Target.BANK):
            raise PydanticCustomError("critical_unexpected", "only a golden case can be critical")
        return self
