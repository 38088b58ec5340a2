"""Whom a short form of a name means."""

import re

import pytest

from flywheel.scrub import Field, Scrubber
from flywheel.scrub.persons import whom


def placeholders(scrubber: Scrubber, *texts: str) -> list[str]:
    group: list[tuple[Field, str]] = [("messages", text) for text in texts]
    [scrubbed] = scrubber.scrub_groups([group])
    return re.findall(r"<PERSON_\w+>", " ".join(one.text for one in scrubbed))


NICHOLAS = "My name is Nicholas Simpson."


def test_a_title_and_family_name_mean_the_one_who_has_it(scrubber: Scrubber) -> None:
    """Ms Simpson after Nicholas Simpson is one placeholder, over the texts of an event."""
    full, titled, again = placeholders(scrubber, NICHOLAS, "Ask Ms Simpson. Ms. Simpson knows.")
    assert full == titled == again
    [alone] = placeholders(scrubber, NICHOLAS)
    assert full == alone


def test_of_two_with_the_name_nobody_is_meant(scrubber: Scrubber) -> None:
    """Two Simpsons: the short form has a placeholder of its own."""
    text = f"{NICHOLAS} My client Homer Simpson called. Ask Mr Simpson."
    assert len(set(placeholders(scrubber, text))) == 3


def test_a_mr_and_a_ms_are_two_people(scrubber: Scrubber) -> None:
    """Neither is the full name, and neither is the other, in one event or in two."""
    assert len(set(placeholders(scrubber, NICHOLAS, "Ask Mr Simpson or Ms Simpson."))) == 3
    first, second = placeholders(scrubber, "Mr. Keller owns it.", "Mrs. Keller owns it.")
    assert first != second
    assert [first] == placeholders(scrubber, "Ask Mr Keller.")


def test_a_bare_name_follows_its_title(scrubber: Scrubber) -> None:
    """Keller after Mr Keller is he."""
    assert len(set(placeholders(scrubber, "Ask Mr. Keller. Keller knows."))) == 1


@pytest.mark.parametrize(
    ("value", "means"),
    [
        ("N. Simpson", "nicholas simpson"),
        ("H. Simpson", "H. Simpson"),
        ("Simpson", "nicholas simpson"),
        ("Homer Simpson", "Homer Simpson"),
        ("Nicholas", "Nicholas"),
        ("Keller", "Keller"),
    ],
)
def test_only_what_fits_one_full_name_means_it(value: str, means: str) -> None:
    """An initial fits; another given name does not; a given name alone is not told."""
    assert whom([("Nicholas", "Simpson"), (value,)], {"Nicholas Simpson", value})(value) == means


def test_a_person_is_one_placeholder_in_every_event_and_tenant(scrubber: Scrubber) -> None:
    """Feedback names no tenant and may come first: so placeholders do not depend on it."""
    question: list[tuple[Field, str]] = [("messages", NICHOLAS), ("label", "acme")]
    other: list[tuple[Field, str]] = [("messages", NICHOLAS), ("label", "globex")]
    comment: list[tuple[Field, str]] = [("comment", "Signed, NICHOLAS SIMPSON"), ("comment", "")]
    made = scrubber.scrub_groups([comment, question, other])
    assert len({re.findall(r"<\w+>", group[0].text)[0] for group in made}) == 1


@pytest.mark.parametrize("place", ["Europe", "Germany", "Bavaria", "Paris", "Chicago, Illinois"])
def test_places_alone_stay(scrubber: Scrubber, place: str) -> None:
    """Mask Europe, and the slice that broke has no name; an address is another matter."""
    text = f"What was the revenue of {place} in 2019?"
    assert scrubber.scrub_text(text, "messages") == text
