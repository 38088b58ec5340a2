"""Invented identities in copies of records: found, counted, and without a trace."""

import pytest

from flywheel.scrub import Field, Scrubber
from flywheel.scrub.canaries import Canary, measure_canaries, read_canaries
from flywheel.scrub.found import CanaryRecall, Span
from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.placeholders import TYPES
from flywheel.settings import ScrubSettings
from tests.flywheel.scrub.conftest import KEY
from tests.flywheel.scrub.policies import scrubber_with

REPORT: list[tuple[Field, str]] = [
    ("messages", "What was the revenue of Europe in 2019, invoice number"),
    ("output", "$1,452.4 million"),
    ("context", "| Revenue | $1,452.4 | (1,146.2) |\n" * 400),
    ("label", "acme"),
]


def recall(measured: tuple[CanaryRecall, ...]) -> dict[str, float]:
    return {one.type: one.recall for one in measured}


def test_every_type_has_several() -> None:
    """One miss in four or five shows, and is not yet the end; OTHER is the owner's."""
    canaries = read_canaries()
    for kind in {*TYPES} - {"OTHER"}:
        values = [canary.value for canary in canaries if canary.type == kind]
        assert len(values) == len(set(values)) >= 4, kind
    assert all(canary.sentence.count("{}") == 1 for canary in canaries)


@pytest.mark.parametrize(
    "records",
    [
        [],
        [[("comment", "?")]],
        [[("messages", "")]],
        [REPORT, REPORT, [("correction", "IN CAPITALS, ORDER NUMBER")]],
        [
            [("messages", "}" * 5000)],
            [("output", "\u202e\u200b" * 600)],
            [("tags", "id: 1.10.2.3")],
        ],
    ],
    ids=["none", "one tiny", "empty", "reports", "odd"],
)
def test_all_are_found_whatever_the_records_are(
    records: list[list[tuple[Field, str]]], scrubber: Scrubber
) -> None:
    """What stands around them must not raise a false alarm: that would stop a good run."""
    measured = measure_canaries(scrubber, records)
    assert recall(measured) == dict.fromkeys(sorted({*TYPES} - {"OTHER"}), 1.0)
    assert sum(one.planted for one in measured) == len(read_canaries())


def test_a_recogniser_that_is_broken_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its type few are found, or none; of the others all."""
    monkeypatch.setitem(PATTERNS, "US_SSN", lambda text: iter(()))
    broken = Scrubber(ScrubSettings(score_threshold=0.4001), KEY)  # an engine of its own
    found = recall(measure_canaries(broken, [REPORT]))
    assert found.pop("US_SSN") < 0.5
    assert set(found.values()) == {1.0}


def test_a_canary_found_in_part_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a card number is half a leak."""
    half = lambda text: (  # noqa: E731 - a finder in one line
        Span(at, at + 8, "CREDIT_CARD", 1.0) for at in [text.find("4111")] if at >= 0
    )
    monkeypatch.setitem(PATTERNS, "CREDIT_CARD", half)
    broken = Scrubber(ScrubSettings(score_threshold=0.4002), KEY)
    canary = Canary("CREDIT_CARD", "4111 1111 1111 1111", "My card is {}.")
    assert recall(measure_canaries(broken, [], [canary])) == {"CREDIT_CARD": 0.0}


def test_what_the_owner_leaves_alone_is_not_asked_for() -> None:
    """An allowed word and a type that every field keeps are no misses."""
    fields = ("messages", "output", "context", "comment", "correction", "tags", "reason", "label")
    leave = dict.fromkeys(fields, ("PERSON",))
    lenient = scrubber_with(ScrubSettings(allow=("*@example.com",)), leave=leave)
    measured = {one.type: one for one in measure_canaries(lenient, [REPORT])}
    mails = [canary for canary in read_canaries() if canary.type == "EMAIL_ADDRESS"]
    assert "PERSON" not in measured
    assert 0 < measured["EMAIL_ADDRESS"].planted < len(mails)
    assert all(one.recall == 1 for one in measured.values())


def test_the_scrubber_remembers_nothing_of_them() -> None:
    """Nor does a value that was planted change what the same records come to."""
    scrubber = Scrubber(ScrubSettings(), KEY)
    before = scrubber.scrub_groups([REPORT])
    remembered = len(scrubber._memory)
    measure_canaries(scrubber, [REPORT])
    assert len(scrubber._memory) == remembered
    assert scrubber.scrub_groups([REPORT]) == before
