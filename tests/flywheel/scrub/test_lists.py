"""The owner's lists: what is never personal data, and what always is."""

import pytest

from flywheel.scrub import Scrubber, find_residual
from flywheel.scrub.entries import failing_entries
from flywheel.scrub.lists import find_denied, is_allowed
from flywheel.settings import ScrubSettings
from schemas.personal_data import Allowed, Denied
from tests.flywheel.scrub.policies import SHIPPED, scrubber_with


@pytest.mark.parametrize("entry", SHIPPED.allow, ids=lambda entry: entry.word)
def test_each_shipped_entry_saves_its_word(entry: Allowed, scrubber: Scrubber) -> None:
    """Its example comes through as it is, and without the entry an announced one would not."""
    assert scrubber.scrub_text(entry.example) == entry.example
    announced = f"Ask our client {entry.word} about it."
    assert scrubber.scrub_text(announced) == announced
    assert entry.word not in scrubber.without_lists().scrub_text(announced)


def test_no_shipped_entry_fails_and_one_that_does_nothing_is_named(scrubber: Scrubber) -> None:
    """What `flywheel doctor` says of the policy in force."""
    assert list(failing_entries(scrubber)) == []
    idle = scrubber_with(
        allow=[{"word": "Nora Keller", "example": "I'm Ann Lee."}],
        deny=[
            {"word": "Halcyon", "type": "OTHER", "example": "It is quiet."},
            {"word": "a@b.com", "type": "OTHER", "example": "Write to a@b.com"},
        ],
    )
    assert list(failing_entries(idle)) == [
        "allow Nora Keller: its example is changed",
        "deny Halcyon: it is not found in its example",
    ]


@pytest.mark.parametrize(
    ("word", "value", "allowed"),
    [
        ("Dow Jones", "dow  JONES", True),
        ("Dow Jones", "Dow Jones Keller", False),
        ("*@example.com", "Support@Example.com", True),
        ("*@example.com", "a@example.com.evil.org", False),
        ("a.b", "axb", False),
    ],
)
def test_an_allowed_word_is_a_whole_finding(word: str, value: str, allowed: bool) -> None:
    """In any case and spacing; a star is any run, every other character itself."""
    assert is_allowed(value, (word,)) is allowed


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("Halcyon", "HALCYON and Halcyons, halcyon.", ["HALCYON", "halcyon"]),
        ("MRN-*", "chart MRN-0042-X of MRN-", ["MRN-0042-X", "MRN-"]),
        ("Project Halcyon", "project\nhalcyon", ["project\nhalcyon"]),
        ("Halcyon", "Hal\u200bcyon", ["Hal\u200bcyon"]),
    ],
)
def test_a_denied_word_is_found_whole(word: str, text: str, found: list[str]) -> None:
    """In any case, over line ends, as a reader sees it; within a longer word it is another word."""
    denied = [Denied(word=word, type="OTHER", example="-")]
    spans = list(find_denied(text, denied))
    assert [text[span.start : span.end] for span in spans] == found
    assert {span.by for span in spans} == {"deny"}


@pytest.mark.parametrize("field", ["messages", "context", "label", "reason"])
def test_a_denied_word_goes_from_every_field(field: str) -> None:
    """Also where its type is left alone, and though it is allowed."""
    entry = {"word": "Halcyon", "type": "PERSON", "example": "-"}
    strict = scrubber_with(ScrubSettings(allow=("Halcyon",)), deny=[entry])
    once = strict.scrub_text("Halcyon grew by 4.0%", field)  # type: ignore[arg-type]
    assert once.startswith("<PERSON_")
    assert strict.scrub_text(once, field) == once  # type: ignore[arg-type]


def test_a_setting_and_the_policy_allow_together() -> None:
    """FLYWHEEL_SCRUB__ALLOW adds to the list, and the checks after scrubbing know both."""
    entry = {"word": "*@example.com", "example": "Write to help@example.com"}
    both = scrubber_with(ScrubSettings(allow=("+1 202 555 0143",)), allow=[entry])
    text = "Write to help@example.com or call +1 202 555 0143"
    assert both.scrub_text(text) == text
    assert find_residual(text, both.allow) == frozenset()
