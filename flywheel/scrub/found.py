"""What the scrubber takes and gives back: fields, findings with offsets, scrubbed texts."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from schemas.base import Record
from schemas.fault import Reason

Field = Literal["messages", "output", "context", "comment", "correction", "tags", "reason", "label"]
"""Which part of an event a text is; `context` documents and labels keep names of their own."""


class Found(Record):
    """One piece of personal data."""

    type: str
    start: int
    """Offset of its first character in the input text."""
    end: int
    """Offset after its last character in the input text."""
    score: float


class Scrubbed(Record):
    """A text without its personal data."""

    text: str
    entities: tuple[Found, ...]


class Span(NamedTuple):
    """A match in the text at hand: what the patterns yield."""

    start: int
    end: int
    type: str
    score: float


Findings = list[Span] | Reason
"""What stands in a text, or why it cannot be said."""


class Refused(NamedTuple):
    """Why a group of texts does not pass: its record goes to quarantine."""

    reason: Reason
    text: int | None = None
    """Which text of the group it was."""


def count_entities(scrubbed: Iterable[Scrubbed]) -> dict[str, int]:
    """How many of each type were taken out, most frequent first."""
    counts = Counter(found.type for one in scrubbed for found in one.entities)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
