"""Withholds examples at random with a known small probability: their effect can be measured."""

import random
from typing import Final

from flywheel_client.selection import Example, Selection

MOST: Final = 0.5
"""Withholding more than every second example would be another product."""

_RANDOM: Final = random.SystemRandom()  # a fork must not repeat its parent's draws


def withhold(selection: Selection, probability: float, draw: random.Random = _RANDOM) -> Selection:
    """The selection without what chance withholds.

    With `probability` p nothing is shown; else each example is withheld with p by itself. So both
    can be told: what the examples do together, and what each does beside the others.
    """
    if probability == 0 or not selection.examples:
        return selection
    if draw.random() < probability:
        shown: tuple[Example, ...] = ()
    else:
        shown = tuple(e for e in selection.examples if draw.random() >= probability)
    kept = {example.id for example in shown}
    withheld = tuple(id for id in selection.ids if id not in kept)
    return Selection(selection.release, shown, selection.problem, withheld, probability)


def check_probability(probability: float) -> None:
    """Raises `ValueError` for what is no small probability."""
    if not 0 <= probability <= MOST:
        raise ValueError(f"withhold: {probability}; 0 to {MOST} is needed")
