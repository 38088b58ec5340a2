"""The week: five days, a change on Saturday, times within each day's hours."""

from itertools import pairwise

from flywheel.demo.seeds import chance, seeds
from flywheel.demo.week import MONDAY_NINE, THURSDAY, draw_times, make_week


def test_it_runs_from_thursday_to_monday() -> None:
    """By the calendar, too."""
    names = [day.name for day in make_week()]
    assert names == ["thursday", "friday", "saturday", "sunday", "monday"]
    assert [f"{day.start:%A}".lower() for day in make_week()] == names
    assert f"{MONDAY_NINE:%A %H:%M}" == "Monday 09:00"
    assert THURSDAY.tzinfo is not None


def test_the_provider_changes_the_model_on_saturday() -> None:
    """And not back."""
    assert [day.model for day in make_week()] == ["v1", "v1", "v2", "v2", "v2"]


def test_weekends_are_quiet() -> None:
    """Fewer questions than on any working day."""
    counts = {day.name: day.questions for day in make_week()}
    assert counts == seeds("behaviour")["days"]
    assert max(counts["saturday"], counts["sunday"]) < min(counts["friday"], counts["monday"])


def test_times_are_in_order_and_within_the_day() -> None:
    """With room for a reaction before the day ends."""
    for day in make_week():
        times = draw_times(chance(1, day.name), day)
        assert len(times) == day.questions
        assert all(earlier <= later for earlier, later in pairwise(times))
        assert all(day.hours[0] <= time.hour < day.hours[1] for time in times)
        assert all(time.date() == day.start.date() for time in times)


def test_monday_ends_before_the_team_runs_the_loop() -> None:
    """No question is later than nine."""
    monday = make_week()[-1]
    assert max(draw_times(chance(3, "monday"), monday)) < MONDAY_NINE
