"""Worlds in which the truth is known: what reviewers would say of every case, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from flywheel.refit import LabelledAnswer
from flywheel.sampling import Drawn, Frame, Rising, draw_round
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


@dataclass
class Queue:
    """Cases that come, are drawn and decided; the uncertain ones get a yes less often."""

    rng: np.random.Generator
    p_good: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    yes: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    came: list[int] = field(default_factory=list)
    drawn: dict[int, Drawn] = field(default_factory=dict)
    populations: dict[int, int] = field(default_factory=dict)

    def arrive(self, count: int, often: float) -> None:
        """Cases that come before the next round; `often`: yes to those that are not uncertain."""
        p_good = self.rng.random(count)
        share = np.where(np.abs(p_good - 0.5) < 0.15, 0.25, often)
        self.p_good = np.append(self.p_good, p_good)
        self.yes = np.append(self.yes, self.rng.random(count) < share)
        self.came += [len(self.populations)] * count

    def draw(self, size: int, random_share: float) -> None:
        """One round, decided at once."""
        number = len(self.populations)
        left = [row for row in range(len(self.p_good)) if row not in self.drawn]
        self.populations[number] = len(left)
        for draw in draw_round(
            frame(self.p_good[left]),
            f"r-{number}",
            size=size,
            random_share=random_share,
            double_share=0.1,
            rising=Rising(),
            rng=self.rng,
        ):
            row = left[int(draw.candidate_id[2:])]
            self.drawn[row] = Drawn(
                str(row),
                number,
                draw.stratum,
                draw.probability,
                self.came[row],
                bool(self.yes[row]),
            )


def frame(p_good: list[float] | NDArray[np.float64], **columns: list[float]) -> Frame:
    """Cases with these P(good)s, of which nothing else is known but what `columns` say."""
    n = len(p_good)
    unknown = np.full(n, np.nan)
    given = {name: np.array(values) for name, values in columns.items()}
    return Frame(
        [f"c-{number:06}" for number in range(n)],
        np.asarray(p_good, dtype=float),
        given.get("asked_this_week", np.zeros(n)),
        given.get("asked_before", np.zeros(n)),
        given.get("cost", unknown),
        given.get("judged", unknown),
    )


def judged_answers(
    weights: Mapping[Signal, float], answers: int, seed: int = 1
) -> list[LabelledAnswer]:
    """Answers as reviewers find them where signals have these weights.

    Two answers a case, one to three votes each; most stand for one case, some for five.
    """
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
        found.append(
            LabelledAnswer(
                id=f"i-{number}",
                output="$85.1 million",
                votes=tuple(votes),
                good=draw.random() < score("", "", votes, "", "", truth).p_good,
                weight=draw.choice([1.0, 1.0, 1.0, 5.0]),
                cluster=f"case-{number // 2}",
            )
        )
    return found
