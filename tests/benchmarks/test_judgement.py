"""The benchmark of judgements runs, small: its worlds are those of the tests."""

from benchmarks.judgement import draw_times, refits_used
from flywheel.settings import Settings


def test_rounds_are_drawn_from_a_store_of_its_own_making(settings: Settings) -> None:
    """Every round takes some time, and is full."""
    assert all(wall > 0 for wall, _ in draw_times(settings, 1000, 2))


def test_a_wrong_table_is_replaced_oftener_than_a_right_one() -> None:
    """With 400 decisions, in five worlds of each kind."""
    right, wrong = refits_used(400, 5)
    assert right < wrong
