"""What users did, on a line of time."""

from datetime import timedelta

import pytest

from flywheel.review.timeline import (
    HEIGHT,
    WIDTH,
    Happening,
    leaning,
    place,
    say_later,
    say_signal,
)
from tests.facts import MONDAY


def _happening(seconds: float, signal: str = "copy", *, own: bool = True) -> Happening:
    later = MONDAY + timedelta(seconds=seconds)
    return Happening(signal, MONDAY, later, None, "a word", None, own)


def test_dots_go_from_left_to_right_by_delay() -> None:
    """Seconds and days both have room, and nothing leaves the picture."""
    dots = place([_happening(90_000, "flag"), _happening(5), _happening(600, own=False)])
    assert [dot.later for dot in dots] == ["5 s later", "10 min later", "1 d later"]
    assert [dot.x for dot in dots] == sorted({dot.x for dot in dots})
    assert dots[1].x - dots[0].x > 100
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in dots)
    assert [dot.own for dot in dots] == [True, False, True]


def test_dots_of_one_moment_do_not_cover_each_other() -> None:
    """The second goes up or down."""
    dots = place([_happening(60), _happening(60), _happening(60)])
    assert len({dot.y for dot in dots}) == 3


def test_feedback_from_before_the_answer_counts_as_at_once() -> None:
    """Clocks differ."""
    [dot] = place([_happening(-30)])
    assert dot.later == "at once"


def test_no_feedback_is_no_dot() -> None:
    """An empty line of time is not drawn."""
    assert place([]) == ()


@pytest.mark.parametrize(
    ("signal", "value", "side"),
    [
        ("thumbs", 1, "for"),
        ("thumbs", -1, "against"),
        ("rating", 0.9, "for"),
        ("rating", 0.1, "against"),
        ("rank", 0, "for"),
        ("rank", 2, "against"),
        ("edit", 0.01, "for"),
        ("edit", None, "against"),
        ("rewrite", None, "against"),
        ("share", None, "for"),
        ("dwell", 40, "neither"),
    ],
)
def test_each_signal_leans_to_a_side(signal: str, value: float | None, side: str) -> None:
    """By its value, where that tells."""
    assert leaning(signal, value) == side


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "at once"), (59, "59 s later"), (7_200, "2 h later")]
)
def test_a_delay_is_told_in_its_unit(seconds: float, said: str) -> None:
    """Short, for a list."""
    assert say_later(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("signal", "value", "said"),
    [
        ("thumbs", -1, "thumbs down"),
        ("copy", 0.4, "copy 40%"),
        ("dwell", 31.6, "dwell 32 s"),
        ("rank", 2, "rank 2"),
        ("follow_up", None, "follow up"),
    ],
)
def test_a_signal_is_told_with_its_value(signal: str, value: float | None, said: str) -> None:
    """A thumb without its direction would tell nothing."""
    assert say_signal(signal, value) == said
