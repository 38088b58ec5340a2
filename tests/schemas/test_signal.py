"""Each signal carries what the event format's table says, and nothing out of its range."""

from typing import Any

import pytest

from schemas.event import Feedback
from schemas.fault import Reason
from schemas.signal import SIGNALS, Signal
from tests.schemas.test_event import fault, parse
from tests.streams import feedback

EXPLICIT = {"thumbs", "rating", "rank", "comment", "correction", "flag"}


def given(signal: str, **keys: Any) -> dict[str, Any]:
    return feedback(**({"signal": signal, "value": None} | keys))


def test_the_table_has_sixteen_signals_of_two_kinds() -> None:
    """Every signal has a rule, and its kind is that of the format's table."""
    assert set(SIGNALS) == set(Signal) and len(Signal) == 16
    assert {s for s, rule in SIGNALS.items() if rule.kind == "explicit"} == EXPLICIT


@pytest.mark.parametrize(
    ("signal", "keys"),
    [
        ("thumbs", {"value": 1}),
        ("thumbs", {"value": -1}),
        ("thumbs", {"value": 1.0}),
        ("rating", {"value": 0}),
        ("rating", {"value": 0.5}),
        ("rating", {"value": 1}),
        ("rank", {"value": 0}),
        ("rank", {"value": 12}),
        ("comment", {"comment": "too short"}),
        ("correction", {"correction": "$58.1 million"}),
        ("flag", {"comment": "wrong year"}),
        ("copy", {}),
        ("copy", {"value": 0.3}),
        ("accept", {}),
        ("dismiss", {}),
        ("edit", {"correction": "$58.1 million"}),
        ("edit", {"correction": "$58.1 million", "value": 0.2}),
        ("regenerate", {}),
        ("abandon", {}),
        ("share", {}),
        ("rewrite", {"comment": "in 2019, please"}),
        ("follow_up", {"comment": "and in 2018?"}),
        ("dwell", {"value": 0}),
        ("dwell", {"value": 95.5}),
    ],
)
def test_a_signal_with_what_it_carries_is_read(signal: str, keys: dict[str, Any]) -> None:
    """Bounds are included."""
    event = parse(given(signal, **keys))
    assert isinstance(event, Feedback) and event.signal == signal


@pytest.mark.parametrize(
    ("signal", "keys", "reason"),
    [
        ("thumbs", {}, Reason.VALUE_MISSING),
        ("thumbs", {"value": 0}, Reason.VALUE_RANGE),
        ("thumbs", {"value": 2}, Reason.VALUE_RANGE),
        ("thumbs", {"value": 0.5}, Reason.VALUE_RANGE),
        ("rating", {}, Reason.VALUE_MISSING),
        ("rating", {"value": 1.01}, Reason.VALUE_RANGE),
        ("rating", {"value": -0.1}, Reason.VALUE_RANGE),
        ("rank", {}, Reason.VALUE_MISSING),
        ("rank", {"value": -1}, Reason.VALUE_RANGE),
        ("rank", {"value": 0.5}, Reason.VALUE_RANGE),
        ("comment", {}, Reason.COMMENT_MISSING),
        ("comment", {"comment": " "}, Reason.COMMENT_EMPTY),
        ("correction", {}, Reason.CORRECTION_MISSING),
        ("correction", {"correction": ""}, Reason.CORRECTION_EMPTY),
        ("flag", {}, Reason.COMMENT_MISSING),
        ("flag", {"comment": ""}, Reason.COMMENT_EMPTY),
        ("copy", {"value": 1.5}, Reason.VALUE_RANGE),
        ("edit", {}, Reason.CORRECTION_MISSING),
        ("edit", {"correction": "x", "value": -1}, Reason.VALUE_RANGE),
        ("rewrite", {}, Reason.COMMENT_MISSING),
        ("follow_up", {"comment": ""}, Reason.COMMENT_EMPTY),
        ("dwell", {}, Reason.VALUE_MISSING),
        ("dwell", {"value": -0.5}, Reason.VALUE_RANGE),
    ],
)
def test_a_signal_without_what_it_carries(
    signal: str, keys: dict[str, Any], reason: Reason
) -> None:
    """Each breach has its code, and names the key."""
    assert fault(given(signal, **keys)) == (reason, reason.value.split("_")[0])


def test_an_unknown_signal_is_named_as_such() -> None:
    """A new signal is malformed, not guessed at."""
    assert fault(given("applause")) == (Reason.SIGNAL_UNKNOWN, "signal")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("1", Reason.KEY_TYPE),
        (True, Reason.KEY_TYPE),
        (float("nan"), Reason.NUMBER_NOT_FINITE),
        (float("inf"), Reason.NUMBER_NOT_FINITE),
    ],
)
def test_a_value_is_a_finite_number(value: object, reason: Reason) -> None:
    """Neither a string of digits nor a boolean passes for one."""
    assert fault(given("dwell", value=value)) == (reason, "value")


def test_feedback_needs_the_id_of_an_interaction_that_is_not_blank() -> None:
    """The join has to have something to join to."""
    assert fault(feedback(interaction_id=" ")) == (Reason.STRING_EMPTY, "interaction_id")
