"""Whether an answer refuses, and whether it should."""

import pytest

from flywheel.scorers.refusal import Refusal, refuses
from tests.flywheel.scorers.cases import make_case


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I’m sorry, I cannot help with that.",
        "The report does not state the net sales of 2017.",
        "The documents provided do not contain this information.",
        "This cannot be determined from the table.",
        "Net sales for 2017 are not disclosed in the report.",
        "Not available",
        "There is no information on this.",
        "",
    ],
)
def test_these_refuse(text: str) -> None:
    """In the words that models use, or in none."""
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "$1,452.4 million",
        "The report does not state it directly; by the table it is $1,452.4 million.",
        "There have been no impairment charges recognized.",
        "Costs that are not provided by operating activities",
        "The Group does not include leases of low value.",
    ],
)
def test_these_answer(text: str) -> None:
    """A negative statement is an answer, and so is one with an amount."""
    assert not refuses(text)


@pytest.mark.parametrize(
    ("ideal", "answer", "value"),
    [
        ("$5", "$5", 1),
        ("$5", "I cannot say.", 0),
        ("The report does not say.", "I cannot answer this.", 1),
        ("The report does not say.", "$5", 0),
    ],
)
def test_refusing_is_right_only_where_the_ideal_refuses(
    ideal: str, answer: str, value: float
) -> None:
    """Both ways round."""
    assert Refusal().score(make_case(ideal), answer).value == value
