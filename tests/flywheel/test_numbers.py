"""Numbers in text: what counts as one, what it is worth, when two are the same."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.numbers import Number, find_numbers, same_number


def _one(text: str) -> Number:
    (number,) = find_numbers(text)
    return number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,496.5 million", "1496500000"),
        ("(1,234)", "-1234"),
        ("$(5.2)m", "-5200000"),
        ("($ 5.2) million", "-5200000"),
        ("-27603", "-27603"),
        ("−4.2", "-4.2"),
        ("€4.2bn", "4200000000"),
        ("EUR 4,2 Mio", "4200000"),
        ("1.234.567,89", "1234567.89"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1'234'567", "1234567"),
        ("12k", "12000"),
        ("5x", "5"),
        ("1,452.4 (in thousands)", "1452400"),
        ("25 bps", "0.25"),
        (".5", "0.5"),
        ("3 crore", "30000000"),
        ("5 cents", "0.05"),
        ("12¢", "0.12"),
        ("3,5 Mrd. EUR", "3500000000"),
    ],
)
def test_a_number_is_worth_its_sign_separators_and_scale(text: str, value: str) -> None:
    """As an analyst reads it."""
    assert _one(text).value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["FY18", "10-K", "COVID-19", "Q3", "1st", "<PERSON_77ab>", "Note 7", "December 31", "- - %"],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    """Names, forms, days of dates and placeholders carry no value."""
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("$5", "$"),
        ("US$5", "USD"),
        ("5 million US dollars", "$"),
        ("USD 5 million", "USD"),
        ("€5", "EUR"),
        ("5 euros", "EUR"),
        ("3.5€", "EUR"),
        ("£5", "GBP"),
        ("C$5", "CAD"),
        ("CHF 5", "CHF"),
        ("5", None),
    ],
)
def test_a_currency_is_named_before_or_after(text: str, currency: str | None) -> None:
    """By symbol, code or word."""
    assert _one(text).currency == currency


def test_a_unit_at_the_end_of_a_list_holds_for_all() -> None:
    """ "106.4, 70.5 million" are two times millions; "4 to 5 percent" two percentages."""
    assert [n.value for n in find_numbers("106.4, 70.5 million")] == [106400000, 70500000]
    assert [n.percent for n in find_numbers("between 4 and 5 percent")] == [True, True]
    assert [n.value for n in find_numbers("in 2019, 5 million")] == [2019, 5000000]


def test_a_parenthesis_after_a_number_restates_it() -> None:
    """ "4.2 million (5%)" is no fall of five percent."""
    assert [n.value for n in find_numbers("4.2 million (5%)")] == [4200000, 5]


def test_a_hyphen_between_numbers_is_no_sign() -> None:
    """A range has two positive ends."""
    assert [n.value for n in find_numbers("2018-2019")] == [2018, 2019]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("$1,496.5 million", "1.4965 billion"),
        ("1,496,500 thousand", "$1,496.5 million"),
        ("$1.8 million", "1,779 thousand"),
        ("10.3", "10.3025"),
        ("(5)", "-5"),
        ("4.2%", "4.2 percent"),
        ("0.042", "4.2%"),
        ("$5", "US$5"),
        ("$5", "5"),
    ],
)
def test_the_same_number_written_otherwise(left: str, right: str) -> None:
    """Scale, rounding, sign style and an unnamed currency do not part two numbers."""
    assert same_number(_one(left), _one(right)) and same_number(_one(right), _one(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("$5 million", "€5 million"),
        ("C$5", "US$5"),
        ("5", "-5"),
        ("5 million", "5 thousand"),
        ("5 million", "5"),
        ("4.2%", "0.42%"),
        ("1,496.5", "1,496.6"),
        ("39.3%", "0.393%"),
        ("1", "1.4"),
    ],
)
def test_different_numbers(left: str, right: str) -> None:
    """Another currency, sign, scale, unit or last digit is another number."""
    assert not same_number(_one(left), _one(right))


def test_a_forgotten_percent_sign_is_forgiven_where_percent_is_asked() -> None:
    """ "What percentage ...?" - "4.2"."""
    assert same_number(_one("4.2%"), _one("4.2"), percent_asked=True)
    assert not same_number(_one("4.2%"), _one("4.2"))


_AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
_SCALES = st.sampled_from([("", 0), (" thousand", 3), (" million", 6), ("bn", 9)])


@given(
    amount=_AMOUNTS, scale=_SCALES, negative=st.booleans(), prefix=st.sampled_from(["", "$", "€"])
)
def test_what_is_written_is_read(
    amount: Decimal, scale: tuple[str, int], negative: bool, prefix: str
) -> None:
    """Any amount, with separators, sign, currency and scale, comes back as its value."""
    sign = "-" if negative else ""
    number = _one(f"It was {sign}{prefix}{amount:,}{scale[0]} then")
    assert number.value == (-amount if negative else amount) * Decimal(10) ** scale[1]


@given(amount=_AMOUNTS)
def test_parentheses_and_minus_are_one_sign(amount: Decimal) -> None:
    """Accountants and others agree."""
    assert _one(f"({amount:,})").value == _one(f"-{amount}").value


@given(text=st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks the parser; spans lie in the text, in order, without overlap."""
    spans = [(n.start, n.end) for n in find_numbers(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@given(text=st.from_regex(r"[(\-$€]{0,3}[0-9.,']{1,20}[)%kmb]{0,3}", fullmatch=True))
def test_a_number_equals_itself(text: str) -> None:
    """However oddly it is written."""
    assert all(same_number(number, number) for number in find_numbers(text))
