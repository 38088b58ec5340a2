"""National ids by form and check digits, by a cue, and the figures that look like them."""

from collections.abc import Iterator

import pytest

from flywheel.scrub.identities import find_identities
from flywheel.scrub.schemes import SCHEMES


def identities(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_identities(text)]


@pytest.mark.parametrize(
    "number",
    [
        "AB 12 34 56 C",  # United Kingdom, National Insurance
        "AB123456C",
        "12345678Z",  # Spain, DNI
        "X1234567L",  # Spain, NIE
        "RSSMRA85T10A562S",  # Italy
        "1 53 09 82 121 103 86",  # France, spaced
        "153098212110386",
        "850709-9805",  # Sweden
        "131052-308T",  # Finland
        "756.9217.0769.85",  # Switzerland
        "85.07.30-033.28",  # Belgium
        "ABCPD1234F",  # India, PAN
        "123.456.789-09",  # Brazil
        "S1234567D",  # Singapore
    ],
)
def test_a_rare_form_needs_no_cue(number: str) -> None:
    """Letters or separators in their places, and the check digits where there are any."""
    assert identities(f"Mine is {number}, thanks.") == [number]


@pytest.mark.parametrize(
    "number",
    ["12345678A", "X1234567A", "RSSMRA85T10A562A", "850709-9806", "756.9217.0769.86",
     "123.456.789-00", "S1234567A", "153098212110387"],
)  # fmt: skip
def test_wrong_check_digits_stay(number: str) -> None:
    """Without a cue the form alone is a part's or an order's."""
    assert identities(f"Mine is {number}, thanks.") == []


@pytest.mark.parametrize(
    ("cue", "number"),
    [
        ("NHS no:", "943 476 5919"),
        ("my national insurance number is", "QQ 12 34 56 C"),
        ("Steuer-ID:", "86095742719"),
        ("numéro de sécurité sociale", "153098212110386"),
        ("BSN", "111222333"),
        ("PESEL:", "44051401359"),
        ("personnummer", "8507099805"),
        ("Aadhaar number", "2345 6789 0124"),
        ("Aadhaar", "234567890124"),
        ("SIN", "046 454 286"),
        ("TFN:", "123 456 782"),
        ("CPF", "12345678909"),
        ("NRIC", "S1234567D"),
        ("MRN", "00456789"),
        ("patient id =", "4471190"),
        ("identity card no.", "T220001293"),
        ("tax id:", "123456780"),
        ('"national_id": "', "AB123456C"),
    ],
)
def test_a_cue_announces_a_number(cue: str, number: str) -> None:
    """Whether its check digits are right or not: people mistype, and some schemes have none."""
    assert identities(f"{cue} {number}".replace('" ', '"')) == [number]


def test_a_sentence_may_name_the_number_afterwards() -> None:
    """ "… is my PESEL" announces what stands before it."""
    assert identities("44051401359 is my PESEL") == ["44051401359"]
    assert identities("44051401359 is my favourite") == []


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 12345678Z and part no. AB123456C",
        "revenue of 943 476 5919 thousand",
        "NHS budget 2019: 123,456 million",
        "Tax ID number growth of 1234567 users",
        "personal number of units sold: 1234567",
        "national id cards issued on 2019-05-06",
        "Medicare revenue 1234567 and SIN 2019",
        "1234 5678 9012 3456 and 2,017 2,018",
        "a loss of (123.456.789) in 2019",
        "DE123456789 is a VAT number, 86095742719 shares",
    ],
)
def test_figures_and_things_stay(text: str) -> None:
    """Amounts, dates, invoices and parts are no identities."""
    assert identities(text) == []


def _numbers() -> Iterator[str]:
    yield from (f"{n:09}" for n in range(100_000_000, 100_000_400))


def test_check_digits_turn_most_numbers_down() -> None:
    """A scheme with a check accepts at most one in five of numbers in a row."""
    for scheme in SCHEMES:
        if scheme.is_valid is not None and scheme.form == r"\d{3}[ -]?\d{3}[ -]?\d{3}":
            assert 0 < sum(map(scheme.is_valid, _numbers())) <= 80


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ausweisnummer: RNZXMCGCV1.", "RNZXMCGCV1"),
        ("Personalausweis-Nr. T22000129", "T22000129"),
        ("Versichertennummer C343301337.", "C343301337"),
        ("KVNR: A123456780", "A123456780"),
    ],
)
def test_german_cards_are_found_by_their_cue(text: str, number: str) -> None:
    """Letters and digits in any order, without vowels."""
    assert number in [text[span.start : span.end] for span in find_identities(text)]
