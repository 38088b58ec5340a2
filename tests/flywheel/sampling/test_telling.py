"""What makes a case telling, and how the page says so."""

import numpy as np
import pytest

from benchmarks.worlds import frame
from flywheel.sampling import COMPONENTS, Rising, explain, score_frame


def test_the_weights_make_a_score_from_0_to_1_and_each_has_its_reason() -> None:
    """The table is the documentation: it sums to 1 and says why, a sentence a component."""
    assert sum(component.weight for component in COMPONENTS.values()) == pytest.approx(1)
    assert all(component.why.endswith(".") for component in COMPONENTS.values())


def test_an_answer_that_the_signals_cannot_judge_comes_before_a_sure_one() -> None:
    """P(good) of .5 says nothing, so a verdict says most; the ends are known already."""
    total = score_frame(frame([0.02, 0.5, 0.8]), Rising()).total
    assert total[1] > total[2] > total[0]


def test_a_case_is_rising_by_the_policy_or_not_at_all() -> None:
    """Asked often enough and several times as often as before; growth makes it more so."""
    cases = frame([0.0] * 4, asked_this_week=[4, 6, 9, 40], asked_before=[0, 12, 12, 12])
    rising = score_frame(cases, Rising(min_asked=5, factor=3)).parts["rising"]
    assert rising[:2].tolist() == [0, 0]
    assert 0 < rising[2] < rising[3] < 1


def test_a_judge_that_contradicts_the_signals_makes_a_case_telling() -> None:
    """Only where a judge graded this very answer; where none did, nothing is added."""
    parts = score_frame(frame([0.1, 0.1, 0.1], judged=[1.0, 0.1, np.nan]), Rising()).parts
    assert parts["disagreeing"].tolist() == pytest.approx([0.9, 0, 0])


def test_cost_counts_by_rank_so_that_one_dear_case_does_not_hide_the_others() -> None:
    """The dearest is 1, the cheapest 0, unknown ones add nothing; ties are equal."""
    costly = score_frame(frame([0.0] * 5, cost=[1, 900, 2, 2, np.nan]), Rising()).parts["costly"]
    assert costly.tolist() == pytest.approx([0, 1, 1 / 3, 1 / 3, 0])


def test_what_is_not_known_adds_nothing_and_breaks_nothing() -> None:
    """An example that was reviewed elsewhere has no P(good), no cost and no askers."""
    scored = score_frame(frame([np.nan, 0.4]), Rising())
    assert scored.total[0] == 0
    assert np.isfinite(scored.total).all()


def test_the_reason_names_what_applies_with_its_figures() -> None:
    """A reviewer reads why this case and not another; weak components go unsaid."""
    cases = frame(
        [0.45, 0.05],
        asked_this_week=[24, 1],
        asked_before=[4, 0],
        judged=[np.nan, 0.95],
        cost=[0.25, 7.5],
    )
    scored = score_frame(cases, Rising())
    first, second = explain(scored, 0), explain(scored, 1)
    assert "P(good) at 45%" in first and "asked 24 times this week, 4 in" in first
    assert "cost" not in first
    assert "signals say 5% good, the judge 95%" in second and "cost $7.50" in second


def test_a_cost_below_a_cent_is_told_as_one() -> None:
    """\"$0.00\" is no reason: the figure has two digits that count, and says beside what."""
    scored = score_frame(frame([0.0] * 3, cost=[0.0024, 0.00012, 0.0001]), Rising())
    said = "cost $0.0024, more than those of 100% of the other cases"
    assert said in explain(scored, 0)
    assert "cost $0.00012, more than those of 50%" in explain(scored, 1)


def test_a_reason_is_given_even_when_nothing_is_strong() -> None:
    """The best of weak reasons, or plainly that nothing else waited."""
    assert "P(good) at 20%" in explain(score_frame(frame([0.2]), Rising()), 0)
    assert explain(score_frame(frame([0.0]), Rising()), 0) == "Nothing else waited."
