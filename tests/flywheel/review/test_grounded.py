"""The numbers of an answer, marked where they stand in its difference to another text."""

from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.diff import word_diff
from flywheel.review.grounded import find_grounds, ground
from flywheel.review.marks import Numbers

TEXTS = st.text(alphabet="ab 1234.,%€()\n", max_size=40)


def test_numbers_are_found_or_missing_also_inside_a_change() -> None:
    """The sign and the unit belong to the number; what changed of it is cut out of it."""
    answer, ideal = "It was €213.4 million, or 19.4%.", "It was €1,284.6 million, or 16.6%."
    sources = [Numbers("Operating income 213.4, revenue 1,284.6, margin 16.6%")]
    pieces = ground(word_diff(answer, ideal).before, find_grounds(Numbers(answer), sources))
    assert [piece for piece in pieces if piece.ground] == [
        ("€", "same", "found"),
        ("213.4", "removed", "found"),
        (" million", "same", "found"),
        ("19.4", "removed", "missing"),
        ("%", "same", "missing"),
    ]


@given(TEXTS, TEXTS, TEXTS)
def test_the_pieces_are_still_the_text(before: str, after: str, source: str) -> None:
    """Whatever is compared and found: nothing is lost, doubled or moved."""
    difference = word_diff(before, after)
    for text, pieces in ((before, difference.before), (after, difference.after)):
        cut = ground(pieces, find_grounds(Numbers(text), [Numbers(source)]))
        assert "".join(piece.text for piece in cut) == text
        assert all(piece.text for piece in cut)


def test_without_numbers_nothing_is_marked() -> None:
    """Prose stays prose."""
    pieces = ground(word_diff("none", "none").before, find_grounds(Numbers("none"), []))
    assert pieces == (("none", "same", ""),)
