"""The personal data policy: what is taken out of which field, and what stands in its place."""

import hashlib
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Record

Kind = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]+$")]
"""A type of personal data, such as PERSON; `flywheel.policy` checks that there is one."""

Word = Annotated[str, Field(min_length=2, pattern=r"\S")]
"""A literal, in any case; a `*` stands for any run of characters."""

OperatorName = Literal["replace", "mask", "hash", "encrypt", "surrogate"]


class LeftAlone(Record):
    """By field, the types that stay; all others are taken out, also those of later versions."""

    messages: tuple[Kind, ...]
    output: tuple[Kind, ...]
    context: tuple[Kind, ...]
    comment: tuple[Kind, ...]
    correction: tuple[Kind, ...]
    tags: tuple[Kind, ...]
    reason: tuple[Kind, ...]
    label: tuple[Kind, ...]


class Operators(Record):
    """What stands in a value's place."""

    default: OperatorName
    mask_keeps: Annotated[int, Field(ge=0, le=4)]
    """How many of the last characters a mask shows, of types that are numbers."""
    by_type: dict[Kind, OperatorName]

    def of(self, type: str) -> OperatorName:
        """The operator for a type."""
        return self.by_type.get(type, self.default)


class Allowed(Record):
    """Something that is never personal data."""

    word: Word
    example: str
    """A text in which it would be taken out, were it not for this entry: the entry's test."""


class Denied(Record):
    """Something that is always taken out."""

    word: Word
    type: Kind
    example: str
    """A text in which it would stay, were it not for this entry: the entry's test."""


class PersonalDataPolicy(Record):
    """Everything that scrubbing decides by, beside the settings of its model."""

    leave: LeftAlone
    operators: Operators
    allow: tuple[Allowed, ...] = ()
    deny: tuple[Denied, ...] = ()

    @property
    def version(self) -> str:
        """A hash of the content; comments and layout of its file do not count."""
        return "s-" + hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def __hash__(self) -> int:
        return hash(self.version)
