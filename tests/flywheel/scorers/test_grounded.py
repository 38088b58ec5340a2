"""Each number of an answer stands in the sources or follows from them."""

import pytest

from flywheel.scorers.grounded import Grounded
from tests.flywheel.scorers.cases import make_case


@pytest.mark.parametrize(
    "answer",
    [
        "Net sales were $1,452.4 million in 2019.",
        "1.4524 billion",
        "about 1,452 million",
        "They were (44.1).",
    ],
)
def test_numbers_of_the_sources_are_grounded(answer: str) -> None:
    """With or without the table's scale, rounded, with another sign."""
    case = make_case("x", question="Net sales of 1.4524 billion?", derivation="1 + 1")
    assert Grounded().score(case, answer).value == 1


def test_a_number_from_nowhere_is_not() -> None:
    """The share of grounded numbers, and how many are not."""
    case = make_case("$1,452.4 million")
    score = Grounded().score(case, "Net sales were 1,452.4 million, up 26.71%.")
    assert score.value == 0.5 and "1 of 2" in score.reason


@pytest.mark.parametrize("answer", ["26.7%", "26.71 percent", "306.2 million, or 26.7%", "0.267"])
def test_the_cases_own_derivation_grounds_its_steps(answer: str) -> None:
    """Steps and result, as a share or a percentage, rounded as written."""
    case = make_case("26.71%", derivation="(1,452.4 - 1,146.2) / 1,146.2")
    assert Grounded().score(case, answer).value == 1


def test_a_derivation_grounds_nothing_else() -> None:
    """Not even the ideal answer, when that does not follow."""
    case = make_case("99.9%", derivation="(1,452.4 - 1,146.2) / 1,146.2")
    assert Grounded().score(case, "99.9%").value == 0


def test_without_a_derivation_the_reviewed_answer_stands_for_it() -> None:
    """A reviewer vouched for it."""
    assert Grounded().score(make_case("26.71%"), "26.71%").value == 1


def test_an_answer_without_numbers_is_not_applicable() -> None:
    """There is nothing to ground."""
    assert Grounded().score(make_case("x"), "Demand fell.").status == "not_applicable"
