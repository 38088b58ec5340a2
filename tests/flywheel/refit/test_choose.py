"""Fitted weights are used where they are surely better, and nowhere else."""

from dataclasses import replace

import pytest

from benchmarks.worlds import AS_THOUGHT, OTHERWISE, judged_answers
from flywheel.refit import Demand, choose_weights
from schemas.signal import Signal

QUICK = Demand(resamples=200)


def test_a_world_that_differs_from_the_table_is_taken_on() -> None:
    """On decisions that the weights never saw they lose less, and are calibrated no worse."""
    choice = choose_weights(judged_answers(OTHERWISE, 800), QUICK)
    assert choice.better, choice.reason
    assert choice.prior is not None and choice.fitted is not None
    assert choice.difference is not None and choice.difference.high is not None
    assert choice.difference.high < 0
    assert choice.fitted.log_loss.value < choice.prior.log_loss.value
    assert choice.fitted.ece.value < choice.prior.ece.value


@pytest.mark.parametrize("seed", range(3))
def test_where_the_table_is_right_nothing_is_changed(seed: int) -> None:
    """The prior wins a tie: a fit to noise is not surely better."""
    choice = choose_weights(judged_answers(AS_THOUGHT, 400, seed), QUICK)
    assert not choice.better
    assert "not surely better" in choice.reason


def test_few_decisions_decline_though_the_world_differs() -> None:
    """Below the setting nothing is compared; a few more are compared and are not enough."""
    few = choose_weights(judged_answers(OTHERWISE, 60), QUICK)
    assert not few.better and "fewer than the 100 needed" in few.reason
    assert few.difference is None and few.fit is not None and few.prior is not None
    some = choose_weights(judged_answers(OTHERWISE, 100, seed=4), QUICK)
    assert some.difference is not None and some.difference.high is not None
    assert some.better is (some.difference.high < 0)
    assert choose_weights([], QUICK).reason.startswith("0 usable decisions")


def test_what_is_lacking_is_said() -> None:
    """Answers of one kind only, or many decisions on few cases, cannot tell."""
    answers = judged_answers(OTHERWISE, 200)
    good = [replace(answer, good=True) for answer in answers]
    assert "0 bad" in choose_weights(good, QUICK).reason
    few = [replace(answer, cluster=answer.cluster[:6]) for answer in answers]
    assert "cases, fewer than the 40" in choose_weights(few, QUICK).reason


def test_held_out_means_that_no_decision_on_the_case_was_seen() -> None:
    """Cases that only memory could tell: with two copies of each, a split by decision would learn
    them; by case there is nothing to learn.
    """
    noise = {signal: 0.0 for signal in AS_THOUGHT}
    answers = judged_answers(noise, 300)
    copies = [
        replace(answer, cluster=f"case-{number}")
        for number, answer in enumerate(answers)
        for _ in range(2)
    ]
    choice = choose_weights(copies, Demand(resamples=200, prior_sd=3))
    assert choice.fitted is not None and choice.fitted.auc is not None
    assert choice.fitted.auc.value < 0.6


def test_the_same_decisions_give_the_same_choice() -> None:
    """No dice: who runs it again sees the same figures."""
    answers = judged_answers(OTHERWISE, 150)
    one, other = (choose_weights(answers, QUICK) for _ in range(2))
    assert one == other
    assert one.fit is not None and Signal.THUMBS in one.fit.fitted.factors
