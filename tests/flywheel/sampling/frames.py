"""Worlds of waiting cases for tests: what telling cases are like, and what reviewers would say."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from flywheel.sampling import Drawn, Frame, Rising, draw_round


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


@dataclass
class World:
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
