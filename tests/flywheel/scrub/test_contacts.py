"""E-mail addresses and telephone numbers; and the dates, figures and identifiers like them."""

import pytest

from flywheel.scrub.contacts import find_emails, find_phones


def emails(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_emails(text)]


def phones(text: str) -> set[str]:
    return {text[span.start : span.end] for span in find_phones(text)}


@pytest.mark.parametrize(
    "email",
    [
        "elizabethle@example.com",
        "a.b+tag@mail.example.co.uk",
        "o'brien@example.org",
        "jürgen@müller.de",
        "x@y.io",
        "first.last%40example.com",
        "root@[192.168.0.1]",
        "jane [at] example [dot] com",
        "jane(at)example.com",
    ],
)
def test_emails_are_found_in_every_spelling(email: str) -> None:
    """Plain, tagged, international, percent-encoded and spelled out."""
    assert email in emails(f"Please write to {email} today")


def test_an_email_ends_before_the_full_stop() -> None:
    """A sentence may end with an address."""
    assert emails("Send it to x@example.com.") == ["x@example.com"]
    assert emails("(x@example.com), <y@example.com>") == ["x@example.com", "y@example.com"]


@pytest.mark.parametrize(
    "text", ["@handle", "a @ b", "5 apples @ 3.50 each", "x@localhost", "at the dot"]
)
def test_an_at_sign_alone_is_no_email(text: str) -> None:
    """Handles and unit prices stay."""
    assert emails(text) == []


@pytest.mark.parametrize(
    "phone",
    [
        "(067) 555-0128",
        "(406) 555-0183",
        "406-555-0183",
        "406.555.0183",
        "1-406-555-0183",
        "+1 406 555 0183",
        "+14065550183",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "0044 20 7946 0958",
        "+49 30/1234567",
        "020 7946 0958",
        "(03) 5346 2190",
        "01.43.20.46.00",
        "0478 12 34 56",
        "(0151)4960005",
        "07973413340",
        "406-555-0183 x123",
        "(406) 555-0183 ext. 9",
    ],
)
def test_phones_are_found_by_their_form(phone: str) -> None:
    """Also numbers that no exchange would give out: they were meant as one."""
    assert phone in phones(f"You have {phone} on file?")


@pytest.mark.parametrize(
    "text",
    [
        "Call me at 5550183 if unclear",
        "my phone number is 406 555 0183",
        "Tel.: 555-0183",
        "mobile 605 588 587",
        "Contact: 5794434277",
        "reach me on 79 6441-6850",
        "605 588 587 is my number",
        "4433625982 (mobile)",
    ],
)
def test_phones_of_any_form_are_found_beside_a_cue(text: str) -> None:
    """The words around it tell."""
    assert phones(text)


@pytest.mark.parametrize(
    "text",
    [
        "| 2019 | 2018 | 2017 |",
        "$1,496.5 $1,202.9 $1,107.7",
        "1,234,567 and 12,345,678",
        "(406) and (555)",
        "2019-10-11 and 01.02.2019, 01/02/2019",
        "2025-01-06T09:00:07Z",
        "fiscal 2018 2019 2020",
        "123 456 789 thousand",
        "406.55% of 1234567890",
        "the earnings call of 2019-10-11",
        "call options 2019 2018",
        "version 1.234.5678",
        "0.123 456",
        "123e4567-e89b-12d3-a456-426614174000",
        "12345678-1234-1234-1234-123456789012",
        "ISBN 978-3-16-148410-0",
        "+5.3% and +12",
        "0001193125-19-012345",
        "phone <PHONE_NUMBER_abcdefgh> revenue 1234567",
    ],
)
def test_figures_dates_and_identifiers_are_no_phones(text: str) -> None:
    """A report's numbers survive."""
    assert phones(text) == set()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("GP: Dr. Majtczak, 884 419 594", "884 419 594"),
        ("Maria Keller, 2678233432", "2678233432"),
        ("Callback is arranged with Ines (3638085624)", "3638085624"),
        ('{"mobile_no": "2678233432"}', "2678233432"),
        ("<tel>2678233432</tel>", "2678233432"),
        ("reach the practice on 884 419 594", "884 419 594"),
    ],
)
def test_a_name_or_a_key_right_before_bare_digits_makes_them_a_number(
    text: str, number: str
) -> None:
    """Nobody's figure stands behind a person and a comma."""
    assert {found.strip("()") for found in phones(text)} == {number}


@pytest.mark.parametrize(
    "text",
    ["Total sales, 884 419 594", "Revenue, 2678233432", "Maria Keller, 884 419 594 shares",
     "General Principles (GB/T 2589-2008)", '"id": "0078585212"', "telemetry: 2678233432"],
)  # fmt: skip
def test_figures_behind_other_words_stay(text: str) -> None:
    """A row's title, a unit behind it, a standard, an identifier of a record."""
    assert phones(text) == set()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Chiami il numero 4708498396.", "4708498396"),
        ("Appelle le 0565433161 en cas", "0565433161"),
        ("Bel 4377059410 als", "4377059410"),
        ("Ida will call you from 8782582338.", "8782582338"),
        ("reach 4801947022-Office", "4801947022"),
        ("549.140.5631x8723-Fax", "549.140.5631x8723"),
    ],
)
def test_numbers_called_in_other_languages_and_places_behind_are_found(
    text: str, number: str
) -> None:
    """A verb of calling right before, or the place of the phone right behind."""
    assert {text[span.start : span.end] for span in find_phones(text)} == {number}


@pytest.mark.parametrize("text", ["part 4801947022-Alpha", "The ruling 4708498396", "bell 437705"])
def test_other_numbers_with_words_beside_stay(text: str) -> None:
    """A part's number, a word that only begins like a verb of calling."""
    assert list(find_phones(text)) == []
