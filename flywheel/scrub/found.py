"""What the scrubber takes and gives back: fields, findings with offsets, scrubbed texts."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from flywheel.scrub.field import Field as Field
from schemas.base import Record
from schemas.fault import Reason


class Found(Record):
    """One piece of personal data."""

    type: str
    start: int
    """Offset of its first character in the input text."""
    end: int
    """Offset after its last character in the input text."""
    score: float
    recogniser: str = "pattern"
    """Who found it: "model", "cue", "directory", "column", "contact", "list", "again", "event",
    "deny", "pattern"."""


class Scrubbed(Record):
    """A text without its personal data."""

    text: str
    entities: tuple[Found, ...]


class CanaryRecall(Record):
    """How many of a type's canaries were found."""

    type: str
    planted: int
    found: int

    @property
    def recall(self) -> float:
        """The share that was found."""
        return self.found / self.planted


class Span(NamedTuple):
    """A match in the text at hand: what the patterns yield."""

    start: int
    end: int
    type: str
    score: float
    by: str = "pattern"
    """The recogniser, as in `Found`."""


class Replaced(NamedTuple):
    """A text after the operators, and how long what they wrote is, in the spans' order."""

    text: str
    sizes: list[int]


class FoundCount(Record):
    """How many were taken out of a field, of one type, by one recogniser."""

    field: Field
    type: str
    recogniser: str
    count: int


Tally = Counter[tuple[Field, str, str]]
"""Counts by field, type and recogniser."""


def tally_found(fields: Iterable[Field], scrubbed: Iterable[Scrubbed]) -> Tally:
    """What was taken out of texts, each with its field."""
    return Counter(
        (field, found.type, found.recogniser)
        for field, one in zip(fields, scrubbed, strict=True)
        for found in one.entities
    )


def found_counts(tally: Tally) -> tuple[FoundCount, ...]:
    """The rows of a report, the largest first within a type."""
    ordered = sorted(tally.items(), key=lambda item: (item[0][1], -item[1], item[0]))
    return tuple(
        FoundCount(field=field, type=type, recogniser=by, count=count)
        for (field, type, by), count in ordered
    )


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
