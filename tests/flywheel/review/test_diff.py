"""The word-level difference between the model's answer and the ideal output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.diff import Piece, changed_numbers, inline_diff, word_diff


def _join(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def _changed(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.kind != "same"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_each_side_joins_to_the_text_it_came_from(before: str, after: str) -> None:
    """No character is lost, moved or made up, whatever the texts hold."""
    difference = word_diff(before, after)
    assert _join(difference.before) == before
    assert _join(difference.after) == after
    assert difference.equal == (before == after)


@pytest.mark.parametrize(
    ("before", "after", "removed", "added"),
    [
        ("Revenue was €58.1 million.", "Revenue was €85.1 million.", ["58.1"], ["85.1"]),
        ("Revenue was 1,284.6.", "Revenue was 1,284.7.", ["1,284.6"], ["1,284.7"]),
        ("It rose.", "It rose sharply.", [], [" sharply"]),
        ("the third quarter", "the very last year", ["third quarter"], ["very last year"]),
        ("said <PERSON_k3f9>", "said <PERSON_m2aa>", ["<PERSON_k3f9>"], ["<PERSON_m2aa>"]),
        ("", "all new", [], ["all new"]),
        ("same", "same", [], []),
    ],
)
def test_a_change_is_shown_by_whole_words_and_numbers(
    before: str, after: str, removed: list[str], added: list[str]
) -> None:
    """Numbers and placeholders are never cut; changes parted by a blank are one."""
    difference = word_diff(before, after)
    assert _changed(difference.before) == removed
    assert _changed(difference.after) == added
    assert {p.kind for p in difference.before} <= {"same", "removed"}
    assert {p.kind for p in difference.after} <= {"same", "added"}


def test_texts_too_long_to_compare_are_shown_unmarked() -> None:
    """Two books come back whole, at once, and say that they were not compared."""
    before, after = "one two " * 3000, "two three " * 3000
    difference = word_diff(before, after)
    assert not difference.compared
    assert not difference.equal
    assert _join(difference.before) == before
    assert _changed(difference.after) == []


@given(st.text("ab1 .", max_size=60), st.text("ab1 .", max_size=60))
def test_one_text_holds_both(before: str, after: str) -> None:
    """Without what was added it is the one, without what was removed the other."""
    pieces = inline_diff(before, after)
    assert _join(tuple(p for p in pieces if p.kind != "added")) == before
    assert _join(tuple(p for p in pieces if p.kind != "removed")) == after


def test_figures_that_changed_places_are_shown_where_they_stand() -> None:
    """And not as words that moved around them."""
    difference = word_diff("Revenue 9.1, income 40.2.", "Revenue 40.2, income 9.1.")
    assert _changed(difference.before) == ["9.1", "40.2"]
    assert _changed(difference.after) == ["40.2", "9.1"]


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("was 12.4, then 12.4", "was 14.2, then 14.2", (("12.4", "14.2"),)),
        ("it rose", "it rose by 4", ()),
        ("in 2019", "in 2019", ()),
        ("1, 2, 3", "0, 1, 2, 3", ()),
    ],
)
def test_changed_numbers_are_told_in_pairs(
    before: str, after: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    """Only where one number stands in for one."""
    assert changed_numbers(before, after) == pairs
