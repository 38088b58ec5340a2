"""Agreement from stored decisions: blind ones of drawn cases alone."""

import pytest

from flywheel.settings import SamplingSettings, Settings
from flywheel.steps.agreement import run_agreement
from flywheel.steps.draw import run_draw
from flywheel.store import Store, open_store
from tests.drawing import add_waiting, judge, read_draws
from tests.facts import together


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def drawn_twice(settings: Settings, store: Store, cases: int) -> list[str]:
    """Cases that two have to judge."""
    add_waiting(store, cases)
    every = SamplingSettings(double_share=1)
    run_draw(settings.model_copy(update={"sampling": every}), size=cases, reviewers=2)
    return list(read_draws(store))


def test_figures_come_from_what_two_said_of_a_drawn_case(settings: Settings, store: Store) -> None:
    """24 cases, of which they differ on six; the rubric beside the verdict."""
    cases = drawn_twice(settings, store, 24)
    with together(store) as open:
        for number, id in enumerate(cases):
            judge(open, id, "rosa", rubric={"accuracy": 4, "tone": 3})
            verdict = "reject" if number % 4 == 0 else "approve"
            grades = {"accuracy": 4 if number % 2 else 5, "tone": 3}
            judge(open, id, "sven", verdict, rubric=grades)
    report = run_agreement(settings, resamples=0)
    assert (report.twice, report.waiting, report.disputed) == (24, 0, 6)
    figures = {figure.criterion: figure for figure in report.figures}
    assert figures["verdict"].same == 0.75
    assert (figures["accuracy"].same, figures["tone"].same) == (0.5, 1.0)
    (pair,) = report.pairs
    assert (pair.first, pair.second, pair.figures[0].cases) == ("rosa", "sven", 24)


def test_who_saw_the_other_verdict_does_not_count(settings: Settings, store: Store) -> None:
    """Changed afterwards, adjudicated, or overruling a case that one alone had to judge."""
    id, other = drawn_twice(settings, store, 2)
    (single,) = add_waiting(store, 1)
    with together(store) as open:
        judge(open, id, "rosa")
        judge(open, id, "sven", "reject", reason="wrong")
        judge(open, id, "rosa", "reject", reason="sven is right")
        judge(open, id, "lena", "reject", reason="wrong", adjudicates=True)
        judge(open, other, "rosa")
        judge(open, single, "rosa")
        judge(open, single, "sven", "reject", reason="wrong")
    report = run_agreement(settings)
    (figure,) = [one for one in report.figures if one.criterion == "verdict"]
    assert (figure.cases, figure.same, figure.enough) == (1, 0.0, False)
    assert (report.twice, report.waiting, report.disputed) == (2, 1, 0)


def test_decisions_from_before_the_draw_are_no_part_of_it(settings: Settings, store: Store) -> None:
    """Skipped or taken back before: what counts was said since."""
    (id,) = add_waiting(store, 1)
    slip = judge(store, id, "rosa")
    judge(store, id, "rosa", "undo", undoes=slip)
    every = SamplingSettings(double_share=1)
    run_draw(settings.model_copy(update={"sampling": every}), reviewers=2)
    judge(store, id, "sven", "reject", reason="wrong")
    assert run_agreement(settings).pairs == ()
    judge(store, id, "rosa", "reject", reason="wrong")
    assert run_agreement(settings).figures[0].same == 1


def test_names_are_for_leads(settings: Settings, store: Store) -> None:
    """A reviewer sees their own and numbers."""
    (id,) = drawn_twice(settings, store, 1)
    judge(store, id, "rosa")
    judge(store, id, "sven")
    (pair,) = run_agreement(settings, viewer="sven", anonymous=True).pairs
    assert {pair.first, pair.second} == {"reviewer 1", "sven"}


def test_an_empty_store_has_no_figures(settings: Settings) -> None:
    """Zero everywhere; nothing fails."""
    report = run_agreement(settings)
    assert (report.twice, report.pairs, report.weeks) == (0, (), ())
    assert [figure.cases for figure in report.figures] == [0]
