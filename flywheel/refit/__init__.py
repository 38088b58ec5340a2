"""Fits the weights of P(good) to what reviewers decide, and tells whether that is better."""

from flywheel.refit.choose import Choice, Demand, choose_weights
from flywheel.refit.fit import Fit, LabelledAnswer, fit_weights
from flywheel.refit.labels import LeftOut, label_of
from flywheel.refit.reliability import Prediction, calibrate

__all__ = [
    "Choice",
    "Demand",
    "Fit",
    "LabelledAnswer",
    "LeftOut",
    "Prediction",
    "calibrate",
    "choose_weights",
    "fit_weights",
    "label_of",
]
