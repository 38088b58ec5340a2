"""Keyed placeholders, and how overlapping findings are settled."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.scrub.found import Span
from flywheel.scrub.placeholders import (
    PLACEHOLDER,
    Keyring,
    outside_placeholders,
    settle,
)

KEYRING = Keyring(b"one key of some length")


def test_a_placeholder_names_the_type_and_nothing_else() -> None:
    """Type and eight characters of base32."""
    made = KEYRING.placeholder("PERSON", "Ann Lee")
    assert re.fullmatch(r"<PERSON_[a-z2-7]{8}>", made)
    assert PLACEHOLDER.fullmatch(made)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("PERSON", "Mr. Ann Lee", "ann lee"),
        ("EMAIL_ADDRESS", "A@Example.com", "a@example.com"),
        ("PHONE_NUMBER", "(406) 555-0183", "406.555.0183"),
        ("CREDIT_CARD", "4111 1111 1111 1111", "4111111111111111"),
        ("IBAN_CODE", "gb29 nwbk 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("STREET_ADDRESS", "1 Main St., Reno", "1 MAIN ST\nReno"),
    ],
)
def test_spellings_of_one_value_share_a_placeholder(kind: str, one: str, other: str) -> None:
    """So that a reader still sees who is who."""
    assert KEYRING.placeholder(kind, one) == KEYRING.placeholder(kind, other)


def test_another_value_type_or_key_gives_another_placeholder() -> None:
    """Nobody without the key can test a guess."""
    made = KEYRING.placeholder("PERSON", "Ann Lee")
    assert made != KEYRING.placeholder("PERSON", "Ann Low")
    assert made[-9:] != KEYRING.placeholder("SECRET", "Ann Lee")[-9:]
    assert made != Keyring(b"another key of some length").placeholder("PERSON", "Ann Lee")


def test_secrets_are_told_apart_by_case() -> None:
    """Two passwords that differ in case are two."""
    assert KEYRING.placeholder("SECRET", "aB1") != KEYRING.placeholder("SECRET", "Ab1")


def test_what_touches_a_placeholder_is_left() -> None:
    """Scrubbed text stays as it is."""
    text = "x <PERSON_abcdefgh> y"
    inside, around, beside = Span(4, 8, "T", 1), Span(0, 21, "T", 1), Span(0, 1, "T", 1)
    assert outside_placeholders(text, [inside, around, beside]) == [beside]


def test_a_secret_around_a_placeholder_keeps_its_rest() -> None:
    """Who plants a placeholder in a key saves nothing of it."""
    text = "x <PERSON_abcdefgh> y"
    inside, around = Span(4, 8, "SECRET", 1), Span(0, 21, "SECRET", 1)
    assert outside_placeholders(text, [inside]) == []
    assert outside_placeholders(text, [around]) == [
        Span(0, 2, "SECRET", 1),
        Span(19, 21, "SECRET", 1),
    ]


def test_the_longer_finding_wins_and_the_other_keeps_its_rest() -> None:
    """Nothing that was found is left standing."""
    long, short = Span(5, 20, "LONG", 0.5), Span(0, 8, "SHORT", 1.0)
    assert settle([short, long]) == [Span(0, 5, "SHORT", 1.0), long]


def test_of_two_equally_long_the_surer_wins() -> None:
    """And the order in which they come does not matter."""
    sure, unsure = Span(0, 5, "A", 0.9), Span(0, 5, "B", 0.4)
    assert settle([unsure, sure]) == settle([sure, unsure]) == [sure]


spans = st.builds(
    lambda start, size, kind, score: Span(start, start + size, kind, score),
    st.integers(0, 60),
    st.integers(1, 20),
    st.sampled_from(["A", "B"]),
    st.sampled_from([0.5, 1.0]),
)


@given(st.lists(spans, max_size=25), st.randoms())
def test_settled_findings_cover_the_same_and_never_overlap(
    found: list[Span], random: Random
) -> None:
    """Every found character is in exactly one finding, whatever the order."""
    settled = settle(found)
    covered = [at for span in settled for at in range(span.start, span.end)]
    assert sorted(covered) == sorted({at for span in found for at in range(span.start, span.end)})
    shuffled = found[:]
    random.shuffle(shuffled)
    assert settle(shuffled) == settled
