"""An approved example: a golden case or a few-shot example."""

from pydantic import Field

from schemas.base import Record
from schemas.candidate import Target
from schemas.decision import Label
from schemas.event import ContextDocument, Id, Message, Tags


class Example(Record):
    """What a release holds; all text is scrubbed."""

    id: str
    case_id: str
    target: Target
    messages: tuple[Message, ...]
    context: tuple[ContextDocument, ...] = ()
    output: str
    feature: str | None = None
    tenant: str | None = None
    tags: Tags = Field(default_factory=dict)
    reviewer: str
    decided_at: str
    """ISO 8601, UTC."""
    candidate_id: str
    critical: bool = False
    """A golden case that must never fail, whatever the others do."""
    labels: tuple[str, ...] = ()
    """The reviewer's own tags."""
    cluster: str | None = None
    """Its case, where that is known by another wording's id; none: by its own."""


class ImportedExample(Record):
    """One line of `flywheel import golden|bank FILE`: reviewed elsewhere, not yet scrubbed.

    Other keys are not kept, so a line of `flywheel export` goes in as it is.
    """

    model_config = Record.model_config | {"extra": "ignore"}

    id: Id
    messages: list[Message] = Field(min_length=1)
    context: list[ContextDocument] = Field(default_factory=list)
    output: str
    feature: str | None = None
    tenant: str | None = None
    tags: Tags = Field(default_factory=dict)
    critical: bool = False
    labels: tuple[Label, ...] = ()
