"""Canaries: invented identities, planted into copies of records to see that they are found."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Final, NamedTuple

from flywheel.scrub.found import CanaryRecall, Field, Scrubbed
from flywheel.scrub.lists import is_allowed
from flywheel.scrub.placeholders import TYPES
from flywheel.scrub.scrubber import Scrubber
from flywheel.settings import PROJECT

CANARIES: Final = PROJECT / "data" / "canaries.toml"

_CARRIER_CHARS: Final = 1000
"""Characters of a record's text that are copied: what stands around canaries, no whole report."""

Texts = Sequence[tuple[Field, str]]
"""A record's texts, as `flywheel.frame.texts_of` gives them."""


class Canary(NamedTuple):
    """One invented identity in a sentence of its own."""

    type: str
    value: str
    sentence: str


class _Planted(NamedTuple):
    canary: Canary
    text: int
    """Which of the group's texts."""
    start: int


@lru_cache(maxsize=1)
def read_canaries(path: Path = CANARIES) -> tuple[Canary, ...]:
    """What ships: several of each type that is looked for."""
    content = tomllib.loads(path.read_text("utf-8"))
    return tuple(
        Canary(type, value, sentence)
        for type, given in content.items()
        if type in TYPES
        for value, sentence in zip(given["values"], cycle(given["sentences"]))
    )


def measure_canaries(
    scrubber: Scrubber, records: Sequence[Texts], canaries: Sequence[Canary] | None = None
) -> tuple[CanaryRecall, ...]:
    """Recall by type over canaries in copies of these records; the scrubber remembers none of it.

    A type is planted only where the policy takes it out, and a value that is allowed not at all.
    """
    some = canaries if canaries is not None else read_canaries()
    groups, planted = _plant(scrubber, records or [[]], some)
    scrubbed = scrubber.forgetful().scrub_groups(groups)
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for group, marks in zip(scrubbed, planted, strict=True):
        for mark in marks:
            total[mark.canary.type] += 1
            found[mark.canary.type] += _is_gone(mark, group)
    return tuple(
        CanaryRecall(type=type, planted=count, found=found[type])
        for type, count in sorted(total.items())
    )


def _plant(
    scrubber: Scrubber, records: Sequence[Texts], canaries: Sequence[Canary]
) -> tuple[list[list[tuple[Field, str]]], list[list[_Planted]]]:
    """Copies of the records with the canaries spread over them, and where each stands."""
    groups: list[list[tuple[Field, str]]] = [
        [*((field, text[:_CARRIER_CHARS]) for field, text in record), ("comment", "")]
        for record in records
    ]
    planted: list[list[_Planted]] = [[] for _ in groups]
    for number, canary in enumerate(canaries):
        at = number % len(groups)
        places = list(_places(scrubber, groups[at], canary))
        if places:
            index = places[number // len(groups) % len(places)]
            field, text = groups[at][index]
            before, after = canary.sentence.split("{}")
            head = f"{text}\n\n{before}" if text else before
            groups[at][index] = field, head + canary.value + after
            planted[at].append(_Planted(canary, index, len(head)))
    return groups, planted


def _places(scrubber: Scrubber, group: Texts, canary: Canary) -> Iterator[int]:
    if not is_allowed(canary.value, scrubber.allow):
        for index, (field, _) in enumerate(group):
            if scrubber.takes_out(canary.type, field):
                yield index


def _is_gone(mark: _Planted, group: Sequence[Scrubbed]) -> bool:
    """Every character of it was taken out, and it stands nowhere else in the record."""
    end = mark.start + len(mark.canary.value)
    covered = mark.start
    for found in group[mark.text].entities:
        if found.start <= covered < found.end:
            covered = found.end
    return covered >= end and not any(mark.canary.value in one.text for one in group)
