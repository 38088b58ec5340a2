"""Answers whose signals have weights that are known, as a reviewer would find them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Final

from flywheel.refit import LabelledAnswer
from flywheel.signals import Vote, score
from flywheel.weights import WEIGHTS, Fitted
from schemas.signal import Signal

MONDAY: Final = datetime(2025, 1, 6, 9, tzinfo=UTC)
SIGNS: Final = {
    Signal.THUMBS: (1.0, -1.0),
    Signal.COPY: (1.0,),
    Signal.SHARE: (1.0,),
    Signal.REWRITE: (-1.0,),
    Signal.REGENERATE: (-1.0,),
}
AS_THOUGHT: Final = {signal: abs(WEIGHTS[signal].of(1)) for signal in SIGNS}
"""A world in which the table of the code is right."""
OTHERWISE: Final = AS_THOUGHT | {Signal.THUMBS: 0.8, Signal.REWRITE: 2.8}
"""Thumbs are clicked without thinking, and who rewrites a prompt has a reason."""


def world(weights: Mapping[Signal, float], answers: int, seed: int = 1) -> list[LabelledAnswer]:
    """Two answers a case, one to three votes each; most stand for one case, some for five."""
    draw = Random(seed)
    truth = Fitted(0.0, {signal: weights[signal] / AS_THOUGHT[signal] for signal in weights})
    found = []
    for number in range(answers):
        votes = []
        for place in range(draw.randint(1, 3)):
            signal = draw.choice(list(SIGNS))
            sign = draw.choice(SIGNS[signal])
            value = sign if signal is Signal.THUMBS else 1.0 if signal is Signal.COPY else None
            votes.append(Vote(f"f-{number}-{place}", MONDAY, signal, f"u-{place}", value))
        p_good = score("", "", votes, "", "", truth).p_good
        found.append(
            LabelledAnswer(
                id=f"i-{number}",
                output="$85.1 million",
                votes=tuple(votes),
                good=draw.random() < p_good,
                weight=draw.choice([1.0, 1.0, 1.0, 5.0]),
                cluster=f"case-{number // 2}",
            )
        )
    return found
