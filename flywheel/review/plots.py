"""The geometry of the progress page's plots; templates draw it."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Final, NamedTuple

WIDTH: Final = 560
HEIGHT: Final = 260
LEFT: Final = 48
RIGHT: Final = 12
TOP: Final = 36
"""Room for what the upright axis counts."""
BOTTOM: Final = 46
"""Room for the names below, and for what they are."""
NAMES: Final = 160
"""Pixels of a name that stands before its bar."""
_NAME: Final = 22
"""Letters of a name: more would run into the bar."""
VALUES: Final = 120
"""Pixels of what is written behind it."""
ROW: Final = 30
BAR: Final = 20
_WIDEST: Final = 46
"""Pixels of a bar: one alone is no wall."""
_LETTER: Final = 7
"""Pixels of a digit, with room to spare."""
_LINE: Final = 14
"""Pixels of a line of text."""
_NEAR: Final = 38
"""Pixels that two written values must be apart."""


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    label: str


class Text(NamedTuple):
    """Words in the picture."""

    x: float
    y: float
    words: str
    anchor: str = "middle"


class Bar(NamedTuple):
    """A bar of a plot, or a part of one."""

    x: float
    y: float
    width: float
    height: float
    series: int
    label: str
    value: int


class Row(NamedTuple):
    """A name, its bar in parts, and what it comes to."""

    y: float
    width: float
    """Of all its parts."""
    label: str
    name: str
    """The label, cut to the room before the bar."""
    value: str
    share: str
    bars: tuple[Bar, ...]
    texts: tuple[Text, ...]


class Dot(NamedTuple):
    """A point with its interval; pixel positions."""

    x: float
    y: float
    low: float
    high: float
    label: str
    said: str
    """Its value and interval, in words."""


class Rows(NamedTuple):
    """Horizontal bars, one below the other."""

    height: int
    rows: tuple[Row, ...]


class Columns(NamedTuple):
    """Stacked bars side by side."""

    bars: tuple[Bar, ...]
    texts: tuple[Text, ...]
    """How many each is, and their sums above."""
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]


class Points(NamedTuple):
    """Points with intervals, and a line through them."""

    dots: tuple[Dot, ...]
    texts: tuple[Text, ...]
    """The values, where there is room for them."""
    line: str
    """`points` of a polyline."""
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]


def rows(counts: Sequence[tuple[str, int]]) -> Rows:
    """A funnel: each count as a bar, with its share of the one before."""
    most = max((count for _, count in counts), default=0)
    drawn: list[Row] = []
    before: int | None = None
    for index, (label, count) in enumerate(counts):
        share = f"{count / before:.0%}" if before else ""
        written = f"{count:,} · {share}" if share else f"{count:,}"
        drawn.append(_row(index, label, (count,), most, written)._replace(share=share))
        before = count
    return _below(drawn)


def stacked(counts: Sequence[tuple[str, Sequence[int]]]) -> Rows:
    """Counts in parts, with the first part's share of the whole."""
    most = max((sum(parts) for _, parts in counts), default=0)
    drawn: list[Row] = []
    for index, (label, parts) in enumerate(counts):
        whole = sum(parts)
        share = f"{parts[0] / whole:.0%}" if whole else ""
        written = f"{share} of {whole:,}" if share else "0"
        drawn.append(_row(index, label, parts, most, written)._replace(share=share))
    return _below(drawn)


def columns(labels: Sequence[str], series: Sequence[Sequence[int]]) -> Columns:
    """Stacked counts by label; `series` are parallel to each other."""
    totals = [sum(values) for values in zip(*series, strict=True)]
    top, ticks = scale(max(totals, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    width = min(step * 0.7, _WIDEST)
    bars: list[Bar] = []
    texts: list[Text] = []
    for index, label in enumerate(labels):
        middle, base = LEFT + step * (index + 0.5), float(HEIGHT - BOTTOM)
        for number, values in enumerate(series):
            height = (HEIGHT - TOP - BOTTOM) * values[index] / top
            base -= height
            place = (_1(middle - width / 2), _1(base), _1(width), _1(height))
            if values[index]:
                bars.append(Bar(*place, number, label, values[index]))
            if values[index] != totals[index]:  # the sum above says the same of one part alone
                texts += _inside(*place, values[index])
        if totals[index] and _fits(totals[index], step):
            texts.append(Text(_1(middle), _1(base - 4), brief(totals[index])))
    at = [_1(LEFT + step * (index + 0.5)) for index in range(len(labels))]
    named = _some([Tick(*pair) for pair in zip(at, labels, strict=True)])
    y_ticks = tuple(Tick(_y(tick, 0, top), f"{tick:,.0f}") for tick in ticks)
    return Columns(tuple(bars), tuple(texts), named, y_ticks)


def points(
    labels: Sequence[str],
    values: Sequence[tuple[float, float, float]],
    *,
    low: float = 0.0,
    high: float = 1.0,
    as_share: bool = True,
) -> Points:
    """Estimates with intervals by label: (value, lower end, upper end)."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    places = [_1(LEFT + step * (index + 0.5)) for index in range(len(labels))]
    ends = [[_y(number, low, high) for number in triple] for triple in values]
    said = [_say(*triple, as_share=as_share) for triple in values]
    dots = [
        Dot(x, y, lower, upper, label, words)
        for x, (y, lower, upper), label, words in zip(places, ends, labels, said, strict=True)
    ]
    written = [_number(value, as_share=as_share) for value, _, _ in values]
    named = _some([Tick(dot.x, dot.label) for dot in dots])
    ticks = _number_ticks(low, high, as_share=as_share)
    return Points(tuple(dots), _above(dots, written), _line(dots), named, ticks)


def curve(values: Sequence[tuple[float, float, float, float]]) -> Points:
    """A calibration curve: (foretold, observed, lower end, upper end), all shares."""
    dots = [
        Dot(
            _x(told),
            _y(seen, 0, 1),
            _y(low, 0, 1),
            _y(high, 0, 1),
            f"{told:.0%}",
            _say(seen, low, high, as_share=True),
        )
        for told, seen, low, high in values
    ]
    written = [f"{seen:.0%}" for _, seen, _, _ in values]
    ticks = tuple(Tick(_x(t / 4), f"{t / 4:.0%}") for t in range(5))
    y_ticks = _number_ticks(0, 1, as_share=True)
    return Points(tuple(dots), _above(dots, written), _line(dots), ticks, y_ticks)


def diagonal() -> tuple[float, float, float, float]:
    """x1, y1, x2, y2 of where what is foretold is what is seen."""
    return _x(0), _y(0, 0, 1), _x(1), _y(1, 0, 1)


def brief(count: int) -> str:
    """A count in five signs at the most, up to a billion: `812`, `9,999`, `12k`, `3.4M`."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1e3:.0f}k" if count < 999_500 else f"{count / 1e6:,.1f}M"


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


def _row(index: int, label: str, parts: Sequence[int], most: int, written: str) -> Row:
    """Its parts one behind the other, as long as they are many; then what they come to."""
    y, x = index * ROW + 4, float(NAMES)
    bars: list[Bar] = []
    texts: list[Text] = []
    for number, count in enumerate(parts):
        width = max(1.0, (WIDTH - NAMES - VALUES) * count / most) if count else 0.0
        if count:
            bars.append(Bar(_1(x), y, _1(width), BAR, number, label, count))
            if len(parts) > 1:
                texts += _inside(_1(x), y, _1(width), BAR, count)
        x += width
    texts.append(Text(_1(x + 8), y + BAR - 5, written, "start"))
    name = label if len(label) <= _NAME else f"{label[: _NAME - 1]}…"
    width = _1(x - NAMES)
    return Row(y, width, label, name, f"{sum(parts):,}", "", tuple(bars), tuple(texts))


def _below(drawn: Sequence[Row]) -> Rows:
    return Rows(max(1, len(drawn)) * ROW, tuple(drawn))


def _inside(x: float, y: float, width: float, height: float, count: int) -> list[Text]:
    """A part's count in its middle, if there is room."""
    if not count or height < _LINE or not _fits(count, width - _LETTER):
        return []
    return [Text(_1(x + width / 2), _1(y + height / 2 + 4), brief(count))]


def _fits(count: int, width: float) -> bool:
    return len(brief(count)) * _LETTER <= width


def _some(ticks: Sequence[Tick]) -> tuple[Tick, ...]:
    """Not more than eight names, which would run into each other; the last is there."""
    shown = ceil(len(ticks) / 8) or 1
    return tuple(tick for at, tick in enumerate(reversed(ticks)) if at % shown == 0)[::-1]


def _above(dots: Sequence[Dot], written: Sequence[str]) -> tuple[Text, ...]:
    """Each dot's value above its interval; none over another."""
    texts: list[Text] = []
    last = -_NEAR
    for dot, words in zip(dots, written, strict=True):
        if dot.x - last < _NEAR:
            continue
        last = floor(dot.x)
        is_at_end = dot.x + _NEAR / 2 > WIDTH
        x = WIDTH if is_at_end else dot.x
        texts.append(Text(x, _1(dot.high - 5), words, "end" if is_at_end else "middle"))
    return tuple(texts)


def _number(value: float, *, as_share: bool) -> str:
    return f"{value:.0%}" if as_share else f"{value:.2f}"


def _say(value: float, low: float, high: float, *, as_share: bool) -> str:
    said, lower, upper = (_number(number, as_share=as_share) for number in (value, low, high))
    return said if low == high else f"{said}, {lower} to {upper}"


def _number_ticks(low: float, high: float, *, as_share: bool) -> tuple[Tick, ...]:
    values = [low + (high - low) * part / 4 for part in range(5)]
    return tuple(Tick(_y(n, low, high), _number(n, as_share=as_share)) for n in values)


def _line(dots: Sequence[Dot]) -> str:
    return " ".join(f"{dot.x:g},{dot.y:g}" for dot in dots)


def _x(share: float) -> float:
    return _1(LEFT + (WIDTH - LEFT - RIGHT) * share)


def _y(value: float, low: float, high: float) -> float:
    part = (min(max(value, low), high) - low) / (high - low)
    return _1(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part)


def _1(value: float) -> float:
    return round(value, 1)
