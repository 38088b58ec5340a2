"""The input contract, version 1: what an application writes and `flywheel ingest` reads."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    TypeAdapter,
    model_validator,
)
from pydantic_core import PydanticCustomError, to_json

from schemas.base import Record
from schemas.signal import SIGNALS, Signal

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _rfc3339(value: object) -> object:
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        return value
    raise PydanticCustomError("time_invalid", "must be an RFC 3339 string with an offset")


def _has_a_moment_in_utc(value: datetime) -> datetime:
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("time_invalid", "lies before year 1 or after 9999") from None
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("string_empty", "must not be empty")
    return value


Id = Annotated[str, AfterValidator(_not_blank)]
Time = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_rfc3339),
    AfterValidator(_has_a_moment_in_utc),
]
Tags = dict[str, str]
TokenCount = Annotated[int, Field(ge=0, le=2**63 - 1)]  # what a BIGINT holds


class TextPart(Record):
    """One part of a message's content."""

    model_config = Record.model_config | {"extra": "ignore"}

    type: Literal["text"]
    text: str


class Message(Record):
    """One message in OpenAI chat form; `name` and other keys are not kept."""

    model_config = Record.model_config | {"extra": "ignore"}

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        """The content as one string, parts joined by a newline."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content)


class ContextDocument(Record):
    """A document that the answer had to rest on."""

    model_config = Record.model_config | {"extra": "ignore"}

    id: str
    text: str


class PromptReference(Record):
    """Which prompt file and version rendered the messages."""

    model_config = Record.model_config | {"extra": "ignore"}

    name: str
    version: str


class FewShotReference(Record):
    """Which bank release and examples were injected."""

    model_config = Record.model_config | {"extra": "ignore"}

    release: str
    ids: list[str]
    withheld: list[str] = Field(default_factory=list)
    """Selected and kept back at random, to measure what examples do."""
    probability: Annotated[float, Field(ge=0, le=0.5)] | None = None
    """With which they were; none: nothing was drawn."""


class Usage(Record):
    """Tokens as the provider counted them."""

    model_config = Record.model_config | {"extra": "ignore"}

    input_tokens: TokenCount | None = None
    output_tokens: TokenCount | None = None


class _Event(Record):
    """What interactions and feedback share: unknown keys are kept under `tags`."""

    id: Id
    time: Time
    user: str | None = None
    tags: Tags = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _keep_unknown_keys_as_tags(cls, data: Any) -> Any:
        fields = cls.__pydantic_fields__  # `model_fields` is looked up anew at each call
        if not isinstance(data, Mapping) or data.keys() <= fields.keys():
            return data
        known = {key: value for key, value in data.items() if key in fields}
        unknown = {
            key: value if isinstance(value, str) else to_json(value).decode()
            for key, value in data.items()
            if key not in fields
        }
        tags = known.get("tags", {})
        if unknown and isinstance(tags, Mapping):
            known["tags"] = unknown | dict(tags)
        return known


class Interaction(_Event):
    """One answer that the model gave."""

    type: Literal["interaction"]
    messages: Annotated[list[Message], Field(min_length=1)]
    output: str
    context: list[ContextDocument] = Field(default_factory=list)
    app: str | None = None
    feature: str | None = None
    tenant: str | None = None
    cohort: str | None = None
    session: str | None = None
    model: str | None = None
    provider: str | None = None
    system_fingerprint: str | None = None
    prompt: PromptReference | None = None
    few_shot: FewShotReference | None = None
    usage: Usage | None = None
    cost_usd: Annotated[float, Field(ge=0)] | None = None
    latency_ms: Annotated[float, Field(ge=0)] | None = None
    consent: bool = True


class Feedback(_Event):
    """One thing that somebody did about an answer."""

    type: Literal["feedback"]
    interaction_id: Id
    signal: Signal
    value: float | None = None
    comment: str | None = None
    correction: str | None = None

    @model_validator(mode="after")
    def _carries_what_its_signal_needs(self) -> "Feedback":
        rule = SIGNALS[self.signal]
        rule.check_value(self.signal, self.value)
        for key in rule.texts:
            text = getattr(self, key)
            if text is None:
                raise PydanticCustomError(f"{key}_missing", f"{self.signal} needs a {key}")
            if not text.strip():
                raise PydanticCustomError(f"{key}_empty", f"{self.signal} needs a non-empty {key}")
        return self


Event = Annotated[Interaction | Feedback, Field(discriminator="type")]
EVENT: Final[TypeAdapter[Interaction | Feedback]] = TypeAdapter(Event)
