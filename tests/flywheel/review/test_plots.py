"""The plots' geometry: everything inside its frame, and true to its numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.plots import (
    BOTTOM,
    HEIGHT,
    LEFT,
    NAMES,
    RIGHT,
    TOP,
    VALUES,
    WIDTH,
    Text,
    brief,
    columns,
    curve,
    diagonal,
    points,
    rows,
    scale,
    stacked,
)

COUNTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=40)


@given(COUNTS, st.data())
def test_bars_stand_on_each_other_inside_the_frame(first: list[int], data: st.DataObject) -> None:
    """Heights add up to the counts on the axis' scale."""
    second = data.draw(st.lists(st.integers(0, 10**7), min_size=len(first), max_size=len(first)))
    drawn = columns([str(n) for n in range(len(first))], [first, second])
    assert len(drawn.bars) == sum(n > 0 for n in (*first, *second))
    for bar in drawn.bars:
        assert LEFT <= bar.x <= bar.x + bar.width <= WIDTH - RIGHT + 0.2
        assert TOP - 0.2 <= bar.y <= bar.y + bar.height <= HEIGHT - BOTTOM + 0.2
    assert len(drawn.x) <= 8


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (3, 3), (7, 8), (97, 100), (812, 1000)])
def test_an_axis_ends_at_a_round_number(most: int, top: float) -> None:
    """It holds the largest count, and its ticks are whole."""
    found, ticks = scale(most)
    assert found == top
    assert ticks[0] == 0
    assert ticks[-1] == top
    assert all(tick == int(tick) for tick in ticks)
    assert len(ticks) <= 6


def test_a_funnel_tells_each_share_of_the_step_before() -> None:
    """A step with anything in it is seen, however small."""
    drawn = rows([("answers", 1000), ("cases", 500), ("approved", 1), ("published", 0)])
    assert [row.share for row in drawn.rows] == ["", "50%", "0%", "0%"]
    assert drawn.rows[0].width == WIDTH - NAMES - VALUES
    assert drawn.rows[1].width == pytest.approx(drawn.rows[0].width / 2)
    assert [row.width > 0 for row in drawn.rows] == [True, True, True, False]


def test_estimates_lie_between_the_ends_of_their_intervals() -> None:
    """Higher is up: a pixel counts from above."""
    [dot] = points(["w"], [(0.5, 0.25, 0.75)]).dots
    assert dot.high < dot.y < dot.low
    assert dot.y == pytest.approx(TOP + (HEIGHT - TOP - BOTTOM) / 2)
    [below] = points(["w"], [(-0.5, -0.9, 0.1)], low=-1, high=1).dots
    assert TOP <= below.high < below.y < below.low <= HEIGHT - BOTTOM


def test_a_right_forecast_lies_on_the_diagonal() -> None:
    """What is foretold and seen alike."""
    drawn = curve([(0.0, 0.0, 0.0, 0.1), (1.0, 1.0, 0.9, 1.0)])
    x1, y1, x2, y2 = diagonal()
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(x1, y1), (x2, y2)]
    assert drawn.line == f"{x1:g},{y1:g} {x2:g},{y2:g}"


def test_the_last_name_of_an_axis_is_always_there() -> None:
    """Of fourteen days seven are named, today among them."""
    days = [str(day) for day in range(14)]
    named = [tick.label for tick in columns(days, [[1] * 14]).x]
    assert named == ["1", "3", "5", "7", "9", "11", "13"]


def test_bars_say_how_many_they_are() -> None:
    """Each part within, the sum above; a part alone is the sum, a low one has no room."""
    drawn = columns(["a", "b", "c"], [[60, 7, 99], [40, 0, 1]])
    assert [text.words for text in drawn.texts] == ["60", "40", "100", "7", "99", "100"]
    for text in drawn.texts:
        assert TOP - 14 < text.y < HEIGHT - BOTTOM


def test_a_row_says_its_parts_and_the_share_of_the_first() -> None:
    """However many rows, no name reaches its bar and no words leave the picture."""
    names = [f"a reason of a very long name, number {number}" for number in range(8)]
    drawn = stacked([(name, (30 * number, 10)) for number, name in enumerate(names)])
    assert drawn.rows[0].share == "0%"
    assert [text.words for text in drawn.rows[3].texts] == ["90", "90% of 100"], "ten has no room"
    for row in drawn.rows:
        assert _right(Text(0, 0, row.name, "start")) <= NAMES
        assert _right(row.texts[-1]) <= WIDTH
        assert row.y + 20 <= drawn.height


def test_values_stand_above_their_intervals_and_apart() -> None:
    """A hundred weeks: those that would lie on each other are left to the table."""
    drawn = points([str(n) for n in range(100)], [(0.5, 0.25, 0.75)] * 100)
    places = [text.x for text in drawn.texts]
    assert all(b - a >= 30 for a, b in pairwise(places))
    assert all(text.y < dot.high for text, dot in zip(drawn.texts, drawn.dots, strict=False))
    assert all(_right(text) <= WIDTH for text in curve([(1.0, 1.0, 0.9, 1.0)]).texts)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0"), (9_999, "9,999"), (10_000, "10k"), (999_499, "999k"), (3_400_000, "3.4M")],
)
def test_a_large_count_is_brief(count: int, said: str) -> None:
    """What stands in a bar is short."""
    assert brief(count) == said


def _right(text: Text) -> float:
    """Where words end, with seven pixels a letter, if they do not end where they are put."""
    wide = {"start": 7, "middle": 3.5, "end": 0}[text.anchor]
    return text.x + wide * len(text.words)
