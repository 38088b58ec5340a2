"""The fit: exactly the penalised likelihood, from the prior on, one signal at a time."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import optimize

from benchmarks.worlds import AS_THOUGHT, OTHERWISE, judged_answers
from flywheel.refit import LabelledAnswer, fit_weights
from flywheel.refit.fit import design, full_strength
from flywheel.signals import score, sigmoid
from flywheel.weights import PRIOR, WEIGHTS
from schemas.calibration import FittedWeight
from schemas.signal import Signal


def fitted_rows(
    answers: Sequence[LabelledAnswer], prior_sd: float = 0.5
) -> dict[str, FittedWeight]:
    return {row.signal: row for row in fit_weights(answers, prior_sd, 0.95).rows}


def test_prior_data_give_the_same_weights_as_the_penalised_likelihood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """scikit-learn with pseudo-decisions against scipy with the density written out."""
    monkeypatch.setattr("flywheel.refit.fit._ROUNDS", 1)  # both with the bounds of the table
    answers, prior_sd = judged_answers(OTHERWISE, 300), 0.5
    x, y = design(answers, np.ones(len(WEIGHTS))), np.array([answer.good for answer in answers])
    raw = np.array([answer.weight for answer in answers])
    weights = raw * raw.sum() / (raw**2).sum()
    means = np.array([PRIOR, *(full_strength(signal) for signal in WEIGHTS)])

    def loss(values: NDArray[np.float64]) -> float:
        z = x @ values
        likelihood = weights @ np.logaddexp(0, np.where(y, -z, z))
        return float(likelihood + ((values - means) ** 2).sum() / (2 * prior_sd**2))

    exact = optimize.minimize(loss, means, method="BFGS").x
    fitted = [row.fitted for row in fit_weights(answers, prior_sd, 0.95).rows]
    assert fitted == pytest.approx(exact, abs=0.03)


def test_a_world_that_differs_from_the_table_is_found() -> None:
    """Thumbs lose, rewrites gain; their intervals leave the prior out. The rest stays near."""
    answers = judged_answers(OTHERWISE, 2000)
    found = fitted_rows(answers)
    thumbs, rewrite = found["thumbs"], found["rewrite"]
    assert thumbs.high < thumbs.prior and abs(thumbs.fitted - 0.8) < 0.35
    assert rewrite.low > rewrite.prior and abs(rewrite.fitted - 2.8) < 0.35
    for name in ("copy", "share", "regenerate"):
        assert abs(found[name].fitted - found[name].prior) < 0.4


def test_where_the_table_is_right_it_stays() -> None:
    """Deviations are noise: of 17 intervals about one in twenty misses its prior."""
    rows = fitted_rows(judged_answers(AS_THOUGHT, 500)).values()
    assert sum(row.low < row.prior < row.high for row in rows) >= len(rows) - 1


def test_a_signal_that_no_decided_answer_has_keeps_its_prior() -> None:
    """Nothing is learnt about it: its interval is the prior's."""
    row = fitted_rows(judged_answers(OTHERWISE, 300))["flag"]
    assert (row.answers, row.fitted) == (0, pytest.approx(row.prior, abs=1e-3))
    assert (row.high - row.low) / 2 == pytest.approx(1.96 * 0.5, rel=0.02)


def test_a_tighter_prior_moves_less() -> None:
    """Regularised towards the table, not towards nothing."""
    answers = judged_answers(OTHERWISE, 200)
    moved = [abs(fitted_rows(answers, sd)["thumbs"].fitted - 2.5) for sd in (0.05, 0.3, 2.0)]
    assert moved == sorted(moved) and moved[0] < 0.2


def test_weights_of_decisions_count_but_do_not_make_them_more() -> None:
    """Every decision ten times as heavy is the same evidence; one heavy one pulls the fit."""
    answers = judged_answers(OTHERWISE, 200)
    heavier = [replace(answer, weight=10 * answer.weight) for answer in answers]
    light = [replace(answer, weight=1.0) for answer in answers]
    one, again, other = (
        [row.fitted for row in fit_weights(some, 0.5, 0.95).rows]
        for some in (answers, heavier, light)
    )
    assert again == pytest.approx(one)
    assert other != pytest.approx(one, abs=1e-2)


def test_scoring_with_the_factors_moves_an_answer_as_the_fit_says() -> None:
    """The table times the factors is the fitted weight; one below 0 is held next to 0."""
    answers = judged_answers(OTHERWISE, 1000)
    fit = fit_weights(answers, 0.5, 0.95)
    found = {row.signal: row.fitted for row in fit.rows}
    alone = next(a for a in answers if [v.signal for v in a.votes] == [Signal.REWRITE])
    p_good = score("i", alone.output, alone.votes, "", "", fit.fitted).p_good
    # One implicit vote alone is held by the bound on all of them.
    assert p_good == pytest.approx(sigmoid(found["prior"] - min(2.0, found["rewrite"])), abs=1e-3)
    assert min(fit.fitted.factors.values()) > 0
    backwards = judged_answers(OTHERWISE | {Signal.THUMBS: -3.0}, 1500)
    turned = fit_weights(backwards, 1.0, 0.95)
    assert {row.signal: row.fitted for row in turned.rows}["thumbs"] < 0
    assert turned.fitted.factors[Signal.THUMBS] == 0.01


def test_full_strength_is_what_one_vote_can_do_at_most() -> None:
    """Of signals with a value and of those without."""
    strengths = {signal: full_strength(signal) for signal in Signal}
    assert all(strength > 0 for strength in strengths.values())
    assert strengths[Signal.THUMBS] == strengths[Signal.RATING] == 2.5
    assert (strengths[Signal.COPY], strengths[Signal.EDIT]) == (1.5, 1.5)
    assert strengths[Signal.REWRITE] == 1.6
