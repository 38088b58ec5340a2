"""The front matter of a prompt file."""

from typing import Annotated

from pydantic import Field

from schemas.base import Record


class PromptParameters(Record):
    """What goes to the endpoint beside the messages; a parameter left out is not sent."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int | None = None


class FewShotPlan(Record):
    """How many examples of the bank go in front of the question."""

    k: Annotated[int, Field(ge=0)] = 0
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """The examples' budget, tokens as the bank counts them."""


class PromptHeader(Record):
    """The YAML between the two lines of three dashes."""

    name: Annotated[str, Field(min_length=1)]
    description: str = ""
    model: str | None = None
    """What the prompt was written for; `--candidate` says what is asked."""
    parameters: PromptParameters = PromptParameters()
    few_shot: FewShotPlan = FewShotPlan()
