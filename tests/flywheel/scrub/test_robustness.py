"""Every pattern on input that is made to hang it, and on input in disguise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel.scrub import Scrubber
from flywheel.scrub.alone import find_alone, find_said
from flywheel.scrub.columns import find_cells
from flywheel.scrub.listed import find_listed
from flywheel.scrub.names import find_announced
from flywheel.scrub.patterns import PATTERNS, Finder

FINDERS: dict[str, Finder] = {
    **PATTERNS,
    "announced": find_announced,
    "listed": find_listed,
    "alone": find_alone,
    "said": find_said,
    "cells": lambda text: find_cells(text, "PERSON"),
}
UNITS = (
    "a", "A", "1", " ", "\n", ".", "@", "-", "(", "|", "é", "A ", "1 ", "Aa ", "1-", "1.", "A1",
    "Aa, ", "12 Aa ", "name: ", "born ", "account ", "a@b.", "+1 ", "12 Rue Aa ", "Calle Aa ",
    "Mr. ", "Will ", "maria keller ", "A. ", "1\n", "x=", "is my ", "name,phone\n", "id: ",
    "im maria ", "my son Aa ", "password for a ", "12 Aa Creek\n", "Flat 1\n", "> 1 Aa Ct\n",
    "Keller ", "Maria and ", "insert into t(first_name) values ('a'),", "('a',", "Nom: Aa\n",
    "Ala-Gly-Val-Ser-", "A-1-", "A-B-", "Take 5: A-B-", "Mac-", "Mc-St. A", "5 mg of Ala-Gly-Val ",
    'full name,phone\n"a,', 'phone|"a"|\\|', "full name,phone\n\nAa,", 'values ("', "values (N''",
)  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", FINDERS)
def test_no_pattern_hangs(name: str) -> None:
    """Repeated pieces of what it looks for: a pattern that tries all ways would never end."""
    for unit in UNITS:
        text = unit * (20_000 // len(unit)) + "!"
        assert all(0 <= s.start < s.end <= len(text) for s in FINDERS[name](text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", FINDERS)
@settings(max_examples=25, deadline=None)
@given(
    head=st.text(max_size=6),
    unit=st.text("aA1 .,-@:/()\n|é<", min_size=1, max_size=5),
    tail=st.text(max_size=6),
)
def test_any_repeated_text_is_searched(name: str, head: str, unit: str, tail: str) -> None:
    """Spans lie in the text, in whatever it repeats and whatever stands around it."""
    text = head + unit * 400 + tail
    assert all(0 <= s.start < s.end <= len(text) for s in FINDERS[name](text))


@pytest.mark.timeout(120)
def test_a_megabyte_of_one_character_and_ten_thousand_addresses(scrubber: Scrubber) -> None:
    """The longest text that is accepted, and one that is personal data all over."""
    assert scrubber.scrub_text("a" * 1_000_000) == "a" * 1_000_000
    for character in "A1@ ":
        assert scrubber.scrub_text(character * 50_000) == character * 50_000
    many = " ".join(f"user{n}@example.org" for n in range(10_000))
    assert scrubber.scrub_text(many).count("<EMAIL_ADDRESS_") == 10_000


def test_a_placeholder_in_a_private_key_shields_nothing(scrubber: Scrubber) -> None:
    """The key around it goes, the placeholder stays, and scrubbing again changes nothing."""
    for end in ("-----END RSA PRIVATE KEY-----", ""):
        key = f"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n<PERSON_abcd2345>\nQUJD\n{end}"
        scrubbed = scrubber.scrub_text(key)
        assert "<PERSON_abcd2345>" in scrubbed and scrubbed.count("<SECRET_") == 2
        assert "MIIB" not in scrubbed and "QUJD" not in scrubbed
        assert scrubber.scrub_text(scrubbed) == scrubbed


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("NHS no: ９４３ ４７６ ５９１９", "５９１９"),  # full-width digits
        ("passport 91280\u200b3456", "3456"),  # zero width
        ("born on \u202a12/05/1980\u202c", "1980"),  # bidirectional marks
        ("account number&#58; 9876543210", "9876543210"),  # HTML
        ("q=Aadhaar%20number%202345%206789%200124", "6789"),  # URL
        ("FROM MARIA KELLER, URGENT", "KELLER"),
        ("it was maria keller again", "keller"),
        ("id,full name,dob\n1,Maria Keller,12 May 1980\n", "Keller"),
        ('{"patient": {"name": "Maria Keller", "nhs_number": "943 476 5919"}}', "5919"),
        ("user = User(name='Maria Keller', passport='912803456')", "912803456"),
        ("<tel>5550142999</tel><name>Maria Keller</name>", "5550142999"),
        ("SELECT * FROM t WHERE name = 'Maria Keller'", "Keller"),
    ],
)
def test_personal_data_in_disguise_is_gone(scrubber: Scrubber, text: str, secret: str) -> None:
    """As a reader would see it, and as data and code write it."""
    assert secret not in scrubber.scrub_text(text)
