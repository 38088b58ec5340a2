"""Dates of birth go, every other date stays."""

import pytest

from flywheel.scrub.births import find_births


def births(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_births(text)]


@pytest.mark.parametrize(
    "date",
    ["1980-05-12", "12/05/1980", "12.05.1980", "May 12, 1980", "12 May 1980", "12th of May 1980",
     "12-May-1980", "5/12/80", "19800512", "12 mai 1980", "12. Dezember 1980"],
)  # fmt: skip
@pytest.mark.parametrize("cue", ["DOB", "Date of birth:", "born on", "geboren am", "née le"])
def test_a_cue_makes_a_date_a_birthday(date: str, cue: str) -> None:
    """However the date and the cue are written."""
    assert births(f"{cue} {date}, thanks") == [date]


@pytest.mark.parametrize(
    "text",
    [
        '{"dob": "1980-05-12"}',
        "birth_date=1980-05-12",
        "dateOfBirth: 1980-05-12",
        "1980-05-12 (DOB)",
    ],
)
def test_keys_of_data_are_cues(text: str) -> None:
    """Snake case, camel case and brackets."""
    assert births(text) == ["1980-05-12"]


@pytest.mark.parametrize(
    "text",
    [
        "Fiscal year ended December 31, 2019",
        "born out of the crisis of 2008",
        "was born in 2001",
        "The date of birth is missing. Filed on 2019-05-06.",
        "reborn: 12,345 units, 3.4% by 2019-05-06",
        "Born leaders\n\n2019-05-06",
        "DOB unknown; signed: 2019-05-06",
    ],
)
def test_other_dates_stay(text: str) -> None:
    """A sentence, a key or a figure in between ends the cue's reach."""
    assert births(text) == []
