"""What a caller asks of the service, and what it gets."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flywheel_client import Selection

Values = Annotated[str, Field(max_length=200)]


class Question(BaseModel):
    """What is asked: the options of `Bank.select`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    query: str = Field(max_length=100_000, description="The question that a prompt is about to ask")
    k: int = Field(4, ge=0, le=100, description="How many examples")
    max_tokens: int | None = Field(
        None, ge=0, le=10_000_000, description="Together at the most; estimated"
    )
    diversity: float = Field(
        0.0, ge=0, le=1, description="How much likeness to examples before it counts against one"
    )
    tenant: Values | None = Field(None, description="Who asks; a tenant's key says it already")
    where: dict[Values, Values | list[Values]] = Field(
        default_factory=dict,
        max_length=20,
        description="feature or a tag to its value, or to several of which it must have one",
    )


class ServedExample(BaseModel):
    """One few-shot example."""

    id: str
    messages: list[dict[str, Any]]
    output: str
    feature: str | None
    tags: dict[str, str]
    score: float = Field(description="Cosine similarity with the query")
    tokens: int = Field(description="About what it adds to the prompt")


class FewShot(BaseModel):
    """The examples for one query, in the order to show them."""

    release: str | None = Field(description="The release; null while none can be served")
    ids: list[str]
    examples: list[ServedExample]
    messages: list[dict[str, Any]] = Field(
        description="OpenAI chat messages, to stand between the system message and the question"
    )
    tokens: int
    few_shot: dict[str, Any] | None = Field(
        description="What the interaction event says of it, under this key"
    )
    problem: str | None = Field(description="Why nothing could be selected")


def question_of(request: Request) -> Question:
    """The question in a request's address; raises `RequestValidationError` (422).

    `where.KEY` may come several times: either value will do. Any other key comes once.
    """
    values: dict[str, Any] = {}
    where: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        if key.startswith("where."):
            where.setdefault(key.removeprefix("where."), []).append(value)
        elif key in values:
            raise RequestValidationError([{"loc": ("query", key), "msg": "may come only once"}])
        else:
            values[key] = value
    try:
        return Question.model_validate({**values, "where": where})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([e | {"loc": ("query", *e["loc"])} for e in found]) from None


def answer_of(selection: Selection) -> FewShot:
    """A selection as it goes over the wire."""
    return FewShot(
        release=selection.release,
        ids=selection.ids,
        examples=[
            ServedExample(
                id=example.id,
                messages=list(example.messages),
                output=example.output,
                feature=example.feature,
                tags=example.tags,
                score=example.score,
                tokens=example.tokens,
            )
            for example in selection
        ],
        messages=selection.messages(),
        tokens=selection.tokens,
        few_shot=selection.few_shot,
        problem=selection.problem,
    )
