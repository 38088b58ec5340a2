"""What the API takes and gives, with an example each."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from flywheel.desk import Entry, Filters
from flywheel.review.api.context import Name
from schemas.candidate import CandidateView
from schemas.decision import Decision


def _whole(value: Any) -> Any:
    """In JSON 5.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = BeforeValidator(_whole)
"""Behind the bounds: in front of them the document would not tell them."""
Said = Annotated[str, Field(pattern=r"\S")]
"""A text that says something."""
Label = Annotated[str, Field(pattern=r"^\w[\w .:/+-]{0,39}$", examples=["audited"])]
Criterion = Annotated[str, Field(max_length=60)]
Grade = Annotated[int, Field(ge=1, le=5), Whole]
Where = Annotated[
    Literal["golden", "bank"] | None,
    Field(description="Where it goes, when not where it was proposed."),
]
Critical = Annotated[bool | None, Field(description="A golden case that must never fail.")]


class Taken(BaseModel):
    """What the API takes: no unknown key, no loose type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Noted(Taken):
    """What every decision may carry."""

    labels: Annotated[list[Label] | None, Field(max_length=20)] = None
    note: Annotated[str | None, Field(description="For colleagues and the audit.")] = None
    text_version: Annotated[
        Name | None,
        Field(description="Of the case as it was shown, for the audit; if it is another, a 409."),
    ] = None
    seconds: Annotated[
        float | None, Field(ge=0, le=10**6, description="From the showing to the decision.")
    ] = None


class _Judged(Noted):
    rubric: Annotated[dict[Criterion, Grade] | None, Field(max_length=20)] = None
    critical: Critical = None


class ApproveIn(_Judged):
    """The proposed ideal output is right."""

    verdict: Literal["approve"]
    target: Where = None


class EditIn(_Judged):
    """Approved with another ideal output."""

    verdict: Literal["edit"]
    output: Annotated[Said, Field(examples=["Revenue was $85.1 million."])]
    target: Where = None


class RejectIn(_Judged):
    """It becomes no example."""

    verdict: Literal["reject"]
    reason: Annotated[Said, Field(examples=["The question has no answer."])]


class SkipIn(Noted):
    """It waits, for others first."""

    verdict: Literal["skip"]


class SendIn(Noted):
    """A colleague should decide."""

    verdict: Literal["send"]
    sent_to: Annotated[Name, Field(pattern=r"\S", examples=["lena"])]


DecisionIn = Annotated[
    ApproveIn | EditIn | RejectIn | SkipIn | SendIn, Field(discriminator="verdict")
]
AdjudicationIn = Annotated[ApproveIn | EditIn | RejectIn, Field(discriminator="verdict")]


class BulkIn(Taken):
    """One decision about all that the filters show."""

    decision: Annotated[ApproveIn | RejectIn | SkipIn, Field(discriminator="verdict")]
    filters: Filters
    expected: Annotated[
        int,
        Field(ge=0, le=10_000, description="How many the filters show; else nothing is done."),
        Whole,
    ]
    dry_run: Annotated[bool, Field(description="Only say what would be decided.")] = False


class Given(BaseModel):
    """What the API gives."""

    model_config = ConfigDict(frozen=True)


class Decided(Given):
    """A decision that is on the disk."""

    decision_id: str = Field(examples=["d-0123456789abcdef01234567"])
    candidate_id: str


class BulkOut(Given):
    """What was decided, or with `dry_run` would be."""

    cases: list[str]
    """With `dry_run`: the cases; else none is listed."""
    decided: int
    already: int = 0
    """Decided by the same request before: it was cut off, or is said again."""
    refused: list[tuple[str, str]]
    """Candidate and reason."""


class MadeOut(Given):
    """A decision as it was made."""

    decision_id: str
    undone: bool
    decision: Decision


class CaseOut(Given):
    """A case with all that the caller may know of it."""

    text_version: str
    """Give it back with the decision."""
    candidate: CandidateView
    mine: list[MadeOut]
    """The caller's decisions about it, the newest first."""
    others: list[MadeOut]
    """Everybody else's that stand; none while they are not to be known."""
    open_by: str | None
    """Who else has it open."""


class LeaseOut(Given):
    """A case that is the caller's to decide for now."""

    candidate_id: str
    holder: str
    until: float
    """Seconds since the epoch."""


class NextOut(Given):
    """The case to open next."""

    candidate_id: str | None
    """None: nothing waits."""


class Me(Given):
    """Who the token is."""

    name: str
    role: str
    tenant: str | None
    permissions: list[str]


class Output(Given):
    """How much somebody decided."""

    reviewer: str
    hour: int
    """In the last hour."""
    day: int
    total: int
    """In the last thirty days."""


class ProgressOut(Given):
    """How far the review is."""

    by_state: dict[str, int]
    mine: Output
    team: list[Output] | None
    """The most active first; none for who may not see it."""


class Published(Given):
    """What a promotion changed."""

    release: str | None
    published: bool
    added: dict[str, int]
    withdrawn: dict[str, int]
    refused: list[tuple[str, str]]


class RoundIn(Taken):
    """A round of sampling."""

    size: Annotated[Annotated[int, Field(ge=1, le=100_000), Whole] | None, Field()] = None


_ENTRY: Final[dict[str, Any]] = {name: (kind, ...) for name, kind in Entry.__annotations__.items()}
EntryOut: Any = create_model("Entry", __base__=Given, **_ENTRY)
"""A case in the queue: the fields of the desk's own."""


class Page(Given):
    """A page of the queue."""

    items: list[EntryOut]
    next_offset: int | None
    """Where the next page begins; none after the last."""
