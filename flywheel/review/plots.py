"""The geometry of the progress page's plots; templates draw it."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Final, NamedTuple

WIDTH: Final = 560
HEIGHT: Final = 220
LEFT: Final = 52
RIGHT: Final = 12
TOP: Final = 12
BOTTOM: Final = 34
_ROW: Final = 30
_WIDEST: Final = 46
"""Pixels of a bar: one alone is no wall."""


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    label: str


class Bar(NamedTuple):
    """A bar of a plot, or a part of one."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str


class Row(NamedTuple):
    """A horizontal bar with its name and count."""

    y: float
    width: float
    label: str
    value: str
    share: str


class Dot(NamedTuple):
    """A point with its interval; pixel positions."""

    x: float
    y: float
    low: float
    high: float
    label: str


class Rows(NamedTuple):
    """Horizontal bars, one below the other."""

    height: int
    rows: tuple[Row, ...]


class Columns(NamedTuple):
    """Stacked bars side by side."""

    bars: tuple[Bar, ...]
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]


class Points(NamedTuple):
    """Points with intervals, and a line through them."""

    dots: tuple[Dot, ...]
    line: str
    """`points` of a polyline."""
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]


def rows(counts: Sequence[tuple[str, int]]) -> Rows:
    """A funnel: each count as a bar, with its share of the one before."""
    most = max((count for _, count in counts), default=0) or 1
    drawn: list[Row] = []
    before: int | None = None
    for index, (label, count) in enumerate(counts):
        share = f"{count / before:.0%}" if before else ""
        width = max(1.0 if count else 0.0, (WIDTH - 2) * count / most)
        drawn.append(Row(index * _ROW, round(width, 1), label, f"{count:,}", share))
        before = count
    return Rows(max(1, len(counts)) * _ROW, tuple(drawn))


def columns(labels: Sequence[str], series: Sequence[Sequence[int]]) -> Columns:
    """Stacked counts by label; `series` are parallel to each other."""
    totals = [sum(values) for values in zip(*series, strict=True)]
    top, ticks = scale(max(totals, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    bars: list[Bar] = []
    for index, label in enumerate(labels):
        base = float(HEIGHT - BOTTOM)
        for number, values in enumerate(series):
            height = (HEIGHT - TOP - BOTTOM) * values[index] / top
            base -= height
            width = min(step * 0.7, _WIDEST)
            x = LEFT + step * (index + 0.5) - width / 2
            if values[index]:
                bars.append(Bar(_1(x), _1(base), _1(width), _1(height), number, label))
    shown = ceil(len(labels) / 8) or 1  # more than about eight names would run into each other
    x_ticks = tuple(
        Tick(_1(LEFT + step * (index + 0.5)), label)
        for index, label in enumerate(labels)
        if index % shown == 0
    )
    return Columns(tuple(bars), x_ticks, tuple(Tick(_y(t, 0, top), f"{t:,.0f}") for t in ticks))


def points(
    labels: Sequence[str],
    values: Sequence[tuple[float, float, float]],
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Points:
    """Estimates with intervals by label: (value, lower end, upper end)."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    dots = tuple(
        Dot(
            _1(LEFT + step * (index + 0.5)),
            _y(value, low, high),
            _y(lower, low, high),
            _y(upper, low, high),
            label,
        )
        for index, (label, (value, lower, upper)) in enumerate(zip(labels, values, strict=True))
    )
    shown = ceil(len(labels) / 8) or 1
    x_ticks = tuple(Tick(dot.x, dot.label) for i, dot in enumerate(dots) if i % shown == 0)
    return Points(dots, _line(dots), x_ticks, _share_ticks(low, high))


def curve(values: Sequence[tuple[float, float, float, float]]) -> Points:
    """A calibration curve: (foretold, observed, lower end, upper end), all shares."""
    dots = tuple(
        Dot(_x(told), _y(seen, 0, 1), _y(low, 0, 1), _y(high, 0, 1), f"{told:.0%}")
        for told, seen, low, high in values
    )
    ticks = tuple(Tick(_x(t / 4), f"{t / 4:.0%}") for t in range(5))
    return Points(dots, _line(dots), ticks, _share_ticks(0, 1))


def diagonal() -> tuple[float, float, float, float]:
    """x1, y1, x2, y2 of where what is foretold is what is seen."""
    return _x(0), _y(0, 0, 1), _x(1), _y(1, 0, 1)


def scale(most: float) -> tuple[float, tuple[float, ...]]:
    """The top of an axis from 0 that holds `most`, and up to five round ticks."""
    if most <= 0:
        return 1.0, (0.0, 1.0)
    rough = most / 4
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    step = max(1.0, step)
    count = ceil(most / step)
    return step * count, tuple(step * n for n in range(count + 1))


def _share_ticks(low: float, high: float) -> tuple[Tick, ...]:
    values = [low + (high - low) * part / 4 for part in range(5)]
    as_share = low == 0 and high == 1
    return tuple(
        Tick(_y(value, low, high), f"{value:.0%}" if as_share else f"{value:.1f}")
        for value in values
    )


def _line(dots: Sequence[Dot]) -> str:
    return " ".join(f"{dot.x:g},{dot.y:g}" for dot in dots)


def _x(share: float) -> float:
    return _1(LEFT + (WIDTH - LEFT - RIGHT) * share)


def _y(value: float, low: float, high: float) -> float:
    part = (min(max(value, low), high) - low) / (high - low)
    return _1(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part)


def _1(value: float) -> float:
    return round(value, 1)
