"""Why a case is in the queue, in words."""

import pytest

from flywheel.review.why import say_draw, say_why

ANSWER = "Revenue was 12.4 million, up 3%."
IDEAL = "Revenue was 14.2 million, up 3%."


def _reason(notes: str, rest: str = "") -> str:
    return f"Judged bad, P(good) 4%: {notes}.{rest}"


def test_what_users_did_is_one_sentence_with_the_figures() -> None:
    """The issue's own example: rewritten prompts first, the correction by its numbers."""
    reason = _reason("1 user corrected it; 3 users rewrote their prompt")
    why = say_why(reason, "judged_bad_corrected", ANSWER, IDEAL)
    assert why.said == (
        "3 users rewrote their prompt after this answer; 1 user corrected 12.4 to 14.2."
    )
    assert (why.judged, why.more) == ("Judged bad", "")


def test_numbers_that_changed_places_are_told_once() -> None:
    """The Monday story in a sentence."""
    swapped = "Revenue 9.1, income 40.2, margin 22%."
    right = "Revenue 40.2, income 9.1, margin 23%."
    why = say_why(_reason("2 users corrected it"), "judged_bad_corrected", swapped, right)
    assert why.said == ("2 users corrected 9.1 and 40.2, which had changed places, 22 to 23.")


def test_many_changed_numbers_are_cut_short() -> None:
    """The line stays a line."""
    why = say_why(
        _reason("1 user corrected it"),
        "corrected",
        "1.1 a 2.2 b 3.3 c 4.4 d",
        "5.1 a 6.2 b 7.3 c 8.4 d",
    )
    assert why.said == "1 user corrected 1.1 to 5.1, 2.2 to 6.2, 3.3 to 7.3 and 1 more."


@pytest.mark.parametrize(
    ("code", "answer", "ideal"),
    [
        ("rising", ANSWER, IDEAL),
        ("judged_bad_corrected", None, IDEAL),
        ("judged_bad_corrected", ANSWER, None),
        ("judged_bad_corrected", ANSWER, "It rose."),
    ],
)
def test_without_a_correction_of_numbers_none_is_made_up(
    code: str, answer: str | None, ideal: str | None
) -> None:
    """Figures are told only where a user's text replaced a number by a number."""
    why = say_why(_reason("1 user corrected it"), code, answer, ideal)
    assert why.said == "1 user corrected it."


def test_what_the_policy_adds_stays_behind_the_sentence() -> None:
    """Rising, whose correction, and that it was reopened."""
    reason = "Reopened: 2 users flagged it since. " + _reason(
        "1 user flagged it", " Rising: asked 9 times. The correction of a user is proposed."
    )
    why = say_why(reason, "rising", ANSWER, IDEAL)
    assert why.said == "1 user flagged it."
    assert why.more == (
        "Reopened: 2 users flagged it since. Rising: asked 9 times. "
        "The correction of a user is proposed."
    )


def test_a_reason_of_another_make_stands_as_it_is() -> None:
    """An import has no signals to tell of."""
    assert say_why("Imported.", "imported", None, IDEAL) == ("Imported.", None, "")


@pytest.mark.parametrize(
    ("stratum", "probability", "said"),
    [
        ("random", 0.05, "Drawn by lot of 812 that waited: 1 in 20."),
        ("random", 0.4, "Drawn by lot of 812 that waited: 1 in 2.5."),
        ("random", 1.0, "Drawn by lot of 812 that waited: every one was."),
        ("telling", 1.0, "Taken for certain of 812 that waited. Uncertain."),
        (None, None, None),
    ],
)
def test_how_it_was_drawn_is_told_with_its_odds(
    stratum: str | None, probability: float | None, said: str | None
) -> None:
    """By lot or for certain."""
    assert say_draw(stratum, probability, 812, "Uncertain.") == said
