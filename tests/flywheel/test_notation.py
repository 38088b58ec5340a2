"""Dates, quarters, amounts and terms are one word however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.dedupe import normalise
from flywheel.notation import SCALES, in_one_word, scaled


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("on 3 mar 2017", "on March 3, 2017"),
        ("on 3 mar 2017", "on 3rd of March 2017"),
        ("on 3 mar 2017", "on 2017-03-03"),
        ("on 3 sep 2017", "on Sept. 3 2017"),
        ("in q3 2019", "in 3Q19"),
        ("in q3 2019", "in Q3'19"),
        ("in q3 2019", "in Q3 FY19"),
        ("in q3 of 2019", "in third-quarter of 2019"),
        ("in q3 2019", "in 3rd quarter 2019"),
        ("in q3 2019", "in quarter 3 2019"),
        ("rnd", "R&D"),
        ("rnd costs", "research and development costs"),
        ("sgna", "selling, general and administrative"),
        ("eps", "earnings per share"),
        ("yoy growth", "year-on-year growth"),
    ],
)
def test_one_thing_is_written_one_way(said: str, written: str) -> None:
    """Whatever the order, the dots and the ending."""
    assert in_one_word(normalise(written)) == said


@pytest.mark.parametrize(
    "text",
    ["in march 2017", "3 to 4 2017", "2017-13-03", "q5 2019", "the quarter of 2019", "r and d"],
)
def test_what_is_none_of_them_stays(text: str) -> None:
    """A month is no date, and letters are no term unless they are written as one."""
    assert in_one_word(text) == text


@given(st.text(alphabet="0123456789-./,'&qrdsyeo mar"))
def test_writing_it_so_again_changes_nothing(text: str) -> None:
    """Normalised text has one form."""
    once = in_one_word(normalise(text))
    assert in_one_word(once) == once


@given(st.integers(1, 10**6), st.sampled_from(sorted(SCALES)))
def test_a_scale_is_its_zeros(count: int, scale: str) -> None:
    """Exact, however large."""
    assert scaled(str(count), scale) == str(count * 10 ** SCALES[scale])


def test_a_figure_that_is_none_keeps_its_scale() -> None:
    """A version number is no amount."""
    assert scaled("1.2.3", "million") == "1.2.3million"
