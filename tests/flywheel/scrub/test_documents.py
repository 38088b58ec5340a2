"""Passports, driving licences, vehicles: a cue tells them from parts and from figures."""

import pytest

from flywheel.scrub.documents import find_licences, find_passports, find_vehicles


def passports(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_passports(text)]


def licences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_licences(text)]


def vehicles(text: str) -> list[str]:
    return sorted({text[span.start : span.end] for span in find_vehicles(text)})


@pytest.mark.parametrize(
    "text",
    [
        "passport 912803456",
        "Passport No: 912803456",
        'passport_number="912803456"',
        "Reisepass: 912803456",
        "my passport number is 912803456.",
    ],
)
def test_a_passport_is_found_behind_its_word(text: str) -> None:
    """In prose, forms and code."""
    assert passports(text) == ["912803456"]


@pytest.mark.parametrize("number", ["C01X00T47", "L8901234", "PA0940443", "12AB34567"])
def test_passports_mix_letters_and_digits(number: str) -> None:
    """Each country has its own form."""
    assert passports(f"passport {number} is valid")[:1] == ([number] if number[0] > "9" else [])


@pytest.mark.parametrize(
    "text",
    [
        "Passport revenue was 123456789",
        "The Passport segment sold 1,234,567 units",
        "passport issued 2019-05-06",
        "912803456 shares",
        "number of passports: 123456",
    ],
)
def test_figures_beside_the_word_stay(text: str) -> None:
    """A segment, a date and a count are no passport."""
    assert passports(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("driver's license A1234567", "A1234567"),
        ("driving licence MORGA657054SM9IJ", "MORGA657054SM9IJ"),
        ("DL# D123-4567-8901", "D123-4567-8901"),
        ("Führerschein B072RRE2I55", "B072RRE2I55"),
        ("driver_license: 99999999", "99999999"),
    ],
)
def test_a_licence_is_found_behind_its_word(text: str, number: str) -> None:
    """American states and European countries."""
    assert licences(text) == [number]


@pytest.mark.parametrize(
    "text", ["license revenue 12345678", "software license 2019", "driver costs of 1234567"]
)
def test_other_licences_stay(text: str) -> None:
    """Software is licensed, too."""
    assert licences(text) == []


def test_vehicles_by_check_digit_or_cue() -> None:
    """A VIN passes its check or stands behind the word; a plate needs the word."""
    assert vehicles("It is a 1HGCM82633A004352.") == ["1HGCM82633A004352"]
    assert vehicles("It is a 1HGCM82634A004352.") == []
    assert vehicles("VIN WVWZZZ1JZXW000001") == ["WVWZZZ1JZXW000001"]
    assert vehicles("license plate KA 01 AB 1234") == ["KA 01 AB 1234"]
    assert vehicles("model KA 01 AB 1234") == []
