"""The interval (forest) plot's geometry: where each mark stands; the template draws it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from schemas.evaluation import Estimate

WIDTH: Final = 940
_LEFT: Final = 310
_RIGHT: Final = 700
_ROW: Final = 34
_TOP: Final = 44
_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Mark:
    """One row: its label, its interval and its point, in pixels."""

    estimate: Estimate
    label: str
    kind: str
    """`whole`, `broken`, `harmed`, `fine` or `untested`."""
    y: float
    low: float
    high: float
    point: float
    radius: float


@dataclass(frozen=True)
class Forest:
    """The whole plot."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    margin: float
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]


def draw_forest(estimates: Sequence[Estimate], margin: float) -> Forest:
    """Rows in the order given, the axis wide enough for every interval, zero and the margin."""
    low = min([e.low for e in estimates] + [-2 * margin])
    high = max([e.high for e in estimates] + [margin])
    step = next((s for s in _STEPS if (high - low) / s <= 6), _STEPS[-1])
    low, high = math.floor(low / step - 1e-9) * step, math.ceil(high / step + 1e-9) * step

    low, high = max(low, -1.0 - 1e-9), min(high, 1.0 + 1e-9)
    count = round((high - low) / step)

    def x(value: float) -> float:
        return round(_LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT), 1)

    ticks = tuple((x(low + i * step), _label(low + i * step)) for i in range(count + 1))
    bottom = _TOP + _ROW * len(estimates)
    marks = tuple(
        Mark(
            estimate=e,
            label=e.name if len(e.name) <= 34 else f"{e.name[:33]}…",
            kind=_kind(e),
            y=_TOP + _ROW * (i + 0.5),
            low=x(e.low),
            high=x(e.high),
            point=x(e.difference),
            radius=round(min(8.0, 3.5 + math.sqrt(e.cases) / 4), 1),
        )
        for i, e in enumerate(estimates)
    )
    return Forest(WIDTH, bottom + 44, _LEFT, _RIGHT, _TOP, bottom, x(0), x(-margin), ticks, marks)


def _label(value: float) -> str:
    value = round(value, 6) or 0.0
    return f"{value:+.0%}".replace("-", "−") if value else "0"


def _kind(estimate: Estimate) -> str:
    if estimate.name == "whole":
        return "whole"
    if estimate.broken:
        return "broken"
    if not estimate.tested:
        return "untested"
    return "harmed" if estimate.high < 0 else "fine"
