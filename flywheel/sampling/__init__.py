"""Which cases reviewers are asked, with known probabilities, and what their answers say of all."""

from flywheel.sampling.draw import draw_round
from flywheel.sampling.estimate import Drawn, case_weights, estimate_share
from flywheel.sampling.telling import COMPONENTS, Frame, Rising, explain, score_frame

__all__ = [
    "COMPONENTS",
    "Drawn",
    "Frame",
    "Rising",
    "case_weights",
    "draw_round",
    "estimate_share",
    "explain",
    "score_frame",
]
