"""Exact match after normalisation."""

import pytest

from flywheel.scorers.exact import Exact, normalise_answer
from tests.flywheel.scorers.cases import make_case


@pytest.mark.parametrize(
    "answer",
    [
        "The straight-line method",
        "straight-line  method.",
        "“Straight-line method”",
        "STRAIGHT-LINE METHOD",
    ],
)
def test_case_space_articles_and_edges_do_not_matter(answer: str) -> None:
    """What a reader would not notice."""
    assert Exact().score(make_case("the straight-line method"), answer).value == 1


@pytest.mark.parametrize("answer", ["", "straight method", "not the straight-line method"])
def test_other_words_are_another_answer(answer: str) -> None:
    """And an empty answer is a wrong one."""
    assert Exact().score(make_case("the straight-line method"), answer).value == 0


def test_a_list_is_a_set() -> None:
    """The same items in another order are the same answer; one more or less is not."""
    case = make_case("Billed, Unbilled and Other")
    assert Exact().score(case, "other; billed; unbilled").value == 1
    assert Exact().score(case, "billed, unbilled").value == 0


def test_inner_punctuation_stays() -> None:
    """1.5 is not 15."""
    assert normalise_answer("1.5") != normalise_answer("15")
    assert Exact().score(make_case("1,500"), "500, 1").value == 0
