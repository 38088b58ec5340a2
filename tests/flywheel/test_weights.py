"""The table of weights: complete, typed by its kind, with a version of its own."""

import dataclasses

import pytest

from flywheel import weights
from flywheel.weights import (
    IMPLICIT_BOUND,
    VERDICTS,
    WEIGHTS,
    Fitted,
    Weight,
    weights_version,
)
from schemas.signal import SIGNALS, Signal


def test_every_signal_has_a_weight_and_a_reason_for_it() -> None:
    """A signal of the event format that no weight knows would silently count nothing."""
    assert set(WEIGHTS) == set(Signal)
    for signal, weight in WEIGHTS.items():
        assert weight.why.endswith((".", ").")), signal


@pytest.mark.parametrize(
    ("signal", "value", "expected"),
    [
        (Signal.THUMBS, 1, 2.5),
        (Signal.THUMBS, -1, -2.5),
        (Signal.RATING, 0.5, 0),
        (Signal.RATING, 1, 2.5),
        (Signal.RANK, 0, 1),
        (Signal.RANK, 50, -1),
        (Signal.COPY, None, 1),
        (Signal.COPY, 1, 1.5),
        (Signal.EDIT, 0, 1),
        (Signal.EDIT, 1, -1.5),
        (Signal.DWELL, 1e9, 0.2),
        (Signal.SHARE, None, 1.5),
    ],
)
def test_a_weight_knows_the_value_of_its_signal(
    signal: Signal, value: float | None, expected: float
) -> None:
    """How much was copied, rated or changed moves the weight, within its bounds."""
    assert WEIGHTS[signal].of(value) == pytest.approx(expected)


def test_one_verdict_outweighs_all_that_implicit_signals_may_add() -> None:
    """A thumb, a correction and a flag are each more than the bound of the implicit sum."""
    for signal in VERDICTS - {Signal.RATING}:
        assert abs(WEIGHTS[signal].of(-1)) > IMPLICIT_BOUND
    assert all(SIGNALS[signal].kind == "explicit" for signal in VERDICTS)


def test_the_version_is_a_hash_of_the_figures_not_of_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A figure that changes gives another version, an explanation that changes does not."""
    before = weights_version()
    assert before == weights_version()
    thumbs = WEIGHTS[Signal.THUMBS]
    monkeypatch.setitem(WEIGHTS, Signal.THUMBS, dataclasses.replace(thumbs, why="Other words."))
    assert weights_version() == before
    monkeypatch.setitem(WEIGHTS, Signal.THUMBS, Weight(thumbs.why, 0.0, slope=2.4))
    changed = weights_version()
    monkeypatch.setattr(weights, "IMPLICIT_BOUND", 1.9)
    assert len({before, changed, weights_version()}) == 3


def test_fitted_weights_have_a_version_of_their_own_and_none_have_the_tables() -> None:
    """Other figures, another version; without a fit nothing is scored again."""
    factors = {signal: 1.0 for signal in Signal}
    same = Fitted(0.0, factors)
    other = Fitted(0.0, factors | {Signal.THUMBS: 0.5})
    versions = {weights_version(fitted) for fitted in (None, same, other, Fitted(0.1, factors))}
    assert len(versions) == 4
    assert weights_version(None) == weights_version()
    backwards = dict(reversed(list(factors.items())))
    assert weights_version(Fitted(0.0, backwards)) == weights_version(same)
