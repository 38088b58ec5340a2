"""The review queue as other labelling tools' records, and what people answered there as decisions.

A form a file. What both share, the questions and what their answers mean, is in `questions`.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from flywheel.forms import argilla, labelstudio
from flywheel.forms.questions import Answered, Reviewed


class Tool(StrEnum):
    """Whose records they are."""

    ARGILLA = "argilla"
    LABELSTUDIO = "labelstudio"


class Encode(Protocol):
    """Makes one record."""

    def __call__(self, reviewed: Reviewed) -> dict[str, Any]:
        """As JSON values; all text is scrubbed."""
        ...


class Decode(Protocol):
    """Reads one record."""

    def __call__(self, record: Mapping[str, Any]) -> Iterator[Answered]:
        """What each person answered. Raises `InputError` with the rule that the record breaks."""
        ...


class Configure(Protocol):
    """Says how a tool has to be set up for the records."""

    def __call__(self, criteria: Sequence[str]) -> str:
        """A file's content; `criteria` are the rubric's."""
        ...


class Form(NamedTuple):
    """One tool's records."""

    encode: Encode
    decode: Decode
    configure: Configure
    config_name: str
    """What the file of `configure` is called beside FILE: this stands behind its name."""


FORMS: Final[dict[Tool, Form]] = {
    Tool.ARGILLA: Form(argilla.encode, argilla.decode, argilla.configure, ".settings.json"),
    Tool.LABELSTUDIO: Form(
        labelstudio.encode, labelstudio.decode, labelstudio.configure, ".config.xml"
    ),
}
