"""The figures of calibration: those of scikit-learn, with intervals that hold."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from flywheel.refit import Prediction, calibrate
from flywheel.refit.reliability import BINS, compare_log_loss


def predictions(count: int, *, seed: int = 1, shift: float = 0.0) -> list[Prediction]:
    """P(good)s of two decimals that are true, or too low by `shift`."""
    draw = np.random.default_rng(seed)
    p = draw.uniform(0.05, 0.95 - shift, count).round(2)
    good = draw.random(count) < p + shift
    weights = draw.choice([1.0, 4.0], count)
    return [
        Prediction(float(p[row]), bool(good[row]), float(weights[row]), f"case-{row // 2}")
        for row in range(count)
    ]


def test_the_scores_are_scikit_learns() -> None:
    """Weighted log loss, Brier score and area under the curve, ties and all."""
    rows = predictions(400)
    p, y, w = (np.array(column) for column in zip(*[row[:3] for row in rows], strict=True))
    found = calibrate(rows, 0.95, 0)
    assert found.log_loss.value == pytest.approx(log_loss(y, p, sample_weight=w))
    assert found.brier.value == pytest.approx(brier_score_loss(y, p, sample_weight=w))
    assert found.auc is not None
    assert found.auc.value == pytest.approx(roc_auc_score(y, p, sample_weight=w))
    assert found.brier.low is None


def test_the_curve_has_bins_of_about_equal_weight() -> None:
    """Ten of them, from low to high, holding every decision once."""
    rows = predictions(1000)
    bins = calibrate(rows, 0.95, 0).bins
    assert len(bins) == BINS
    assert sum(one.decisions for one in bins) == 1000
    assert [one.predicted for one in bins] == sorted(one.predicted for one in bins)
    assert all(70 <= one.decisions <= 130 for one in bins)
    assert all(one.low <= one.observed <= one.high for one in bins)


def test_equal_predictions_stay_in_one_bin() -> None:
    """Two values make two bins at most, whatever their number."""
    rows = [
        Prediction(p, good, 1.0, f"{p}{n}")
        for p in (0.2, 0.9)
        for n in range(50)
        for good in (True, False)
    ]
    bins = calibrate(rows, 0.95, 50).bins
    assert [(one.decisions, one.observed) for one in bins] == [(100, 0.5), (100, 0.5)]


def test_a_true_probability_is_calibrated_and_a_shifted_one_is_not() -> None:
    """The error is about the shift; true ones come near 0, and their bins hold the predicted."""
    true, shifted = (calibrate(predictions(3000, shift=by), 0.95, 50) for by in (0.0, 0.2))
    assert true.ece.value < 0.05
    assert shifted.ece.value == pytest.approx(0.2, abs=0.04)
    assert sum(one.low <= one.predicted <= one.high for one in true.bins) >= 8
    assert sum(one.low <= one.predicted <= one.high for one in shifted.bins) <= 1


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """The Brier score of true probabilities is the mean of p (1 - p); 60 worlds."""
    p = np.linspace(0.05, 0.95, 100_001)
    truth = float((p * (1 - p)).mean())
    held = 0
    for seed in range(60):
        brier = calibrate(predictions(200, seed=seed), 0.95, 200).brier
        assert brier.low is not None and brier.high is not None
        held += brier.low <= truth <= brier.high
    assert held >= 52


def test_a_bootstrap_over_clusters_is_less_sure_than_one_over_decisions() -> None:
    """Ten copies of each decision are no more evidence than one."""
    rows = predictions(60)
    whole = [row._replace(cluster=str(n)) for n, row in enumerate(rows) for _ in range(10)]
    apart = [row._replace(cluster=str(n)) for n, row in enumerate(whole)]
    widths = []
    for some in (whole, apart):
        loss = calibrate(some, 0.95, 300).log_loss
        assert loss.low is not None and loss.high is not None
        widths.append(loss.high - loss.low)
    assert widths[0] > 2 * widths[1]


def test_the_paired_difference_is_surer_than_the_two_apart() -> None:
    """A small loss on every decision is seen, though each log loss varies more than that."""
    rows = predictions(600)
    worse = [row._replace(p_good=min(0.99, row.p_good + 0.08)) for row in rows]
    difference = compare_log_loss(worse, rows, 0.95, 300)
    assert difference.low is not None and difference.high is not None
    assert 0 < difference.low < difference.value < difference.high
    assert compare_log_loss(rows, rows, 0.95, 300).value == 0


def test_decisions_of_one_kind_have_no_curve_but_have_their_figures() -> None:
    """All good: the area under the ROC is not defined; nothing warns, nothing fails."""
    found = calibrate([Prediction(0.9, True, 1.0, str(n)) for n in range(30)], 0.95, 50)
    assert found.auc is None
    assert found.brier.value == pytest.approx(0.01)
    assert calibrate([Prediction(1.0, False, 1.0, "a")], 0.95, 10).log_loss.value < 20
