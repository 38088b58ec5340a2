"""Numbers of the answer and the ideal output, found again in the context."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.marks import Numbers, mark_numbers


def _marks(text: str, answer: str = "", ideal: str = "") -> list[tuple[str, str]]:
    pieces = mark_numbers(text, Numbers(answer), Numbers(ideal))
    return [(piece.text, piece.mark) for piece in pieces if piece.mark]


@given(st.text(alphabet="ab 0123456789.,%$€()-\n|", max_size=80))
def test_the_pieces_join_to_the_text(text: str) -> None:
    """Marking changes no character."""
    pieces = mark_numbers(text, Numbers(text), Numbers("7"))
    assert "".join(piece.text for piece in pieces) == text


def test_a_number_is_marked_by_whose_it_is() -> None:
    """One of the answer, one of the ideal output, one of both, and one of neither."""
    marked = _marks("58.1, 85.1, 12.5 and 99.9", answer="58.1 or 12.5", ideal="85.1 or 12.5")
    assert marked == [("58.1", "answer"), ("85.1", "ideal"), ("12.5", "both")]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("1,496.5", "$1,496.5 million"),
        ("$  1,452.4", "1452.4"),
        ("(743.1)", "costs of 743.1"),
        ("3.9 billion", "€3,900 million"),
        ("2019", "in 2019"),
    ],
)
def test_a_tables_cell_is_found_however_the_answer_writes_it(cell: str, answer: str) -> None:
    """Scale, separators, sign and currency may differ: the table says them elsewhere."""
    assert _marks(cell, answer=answer)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("1,496.5", "1,496.6"), ("2019", "2018"), ("2,019.4", "2019"), ("1 million", "981341.34")],
)
def test_another_number_is_not_marked(cell: str, answer: str) -> None:
    """Near is not found."""
    assert _marks(cell, answer=answer) == []


def test_numbers_without_a_source_are_named_once_as_written() -> None:
    """What an answer made up is listed for the reviewer."""
    answer = Numbers("Margin 19.4%, up from 14.8%; again 19.4%.")
    assert answer.missing_from([Numbers("14.8%"), Numbers("none")]) == ("19.4%",)
    assert Numbers(None).missing_from([]) == ()


def test_a_very_long_text_is_shown_unmarked() -> None:
    """Nobody waits for a book to be searched."""
    text = "85.1 " * 50_000
    assert mark_numbers(text, Numbers("85.1"), Numbers(None)) == ((text, ""),)
