"""A derivation is arithmetic, and nothing else is run."""

from decimal import Decimal

import pytest

from flywheel.derivation import evaluate_derivation


def test_every_step_is_given_the_result_last() -> None:
    """An answer may show how it got there."""
    steps = evaluate_derivation("(1,496.5 - 1,202.9) / 1,202.9")
    assert steps[0] == Decimal("293.6") and round(steps[-1], 4) == Decimal("0.2441")


@pytest.mark.parametrize(
    "text", ["[44 + 56] / 2", "($44 + $56) ÷ 2 = 50", "(44+56)/2", "-(-50) * 1"]
)
def test_the_usual_spellings(text: str) -> None:
    """Brackets, currency, an equals sign with the result."""
    assert evaluate_derivation(text)[-1] == 50


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').getcwd()",
        "2 ** 9999999",
        "x + 1",
        "1 / 0",
        "(1",
        "",
        "True + 1",
        "9" * 3000,
        "(" * 500 + "1" + ")" * 500,
        "[1 for _ in range(9)]",
        "1e999999 * 1e999999",
    ],
)
def test_anything_else_gives_nothing(text: str) -> None:
    """No names, calls, powers, booleans or endless input; no exception either."""
    assert evaluate_derivation(text) == []
