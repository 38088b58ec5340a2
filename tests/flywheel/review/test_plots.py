"""The plots' geometry: everything inside its frame, and true to its numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.review.plots import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    columns,
    curve,
    diagonal,
    points,
    rows,
    scale,
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
    assert drawn.rows[1].width == pytest.approx((WIDTH - 2) / 2)
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
