"""The word-level difference between the model's answer and the ideal output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.diff import Piece, word_diff


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
