"""Works out a case's own derivation: arithmetic and nothing else."""

import ast
import operator
import re
from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Final

_BINARY: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST: Final = 2000


def evaluate_derivation(expression: str) -> list[Decimal]:
    """The result of each step of an arithmetic expression, its end result last.

    Numbers, `+ - * /` and parentheses, as in TAT-QA's `derivation`: "(1,496.5 - 1,202.9) /
    1,202.9". Separators, currency and percent signs are dropped. Anything else gives nothing.
    """
    if len(expression) > _LONGEST:
        return []
    text = re.sub(r"(?<=\d),(?=\d{3})|[$€£¥%]", "", expression)
    text = re.sub(r"\[", "(", re.sub(r"\]", ")", text.replace("−", "-").replace("×", "*")))
    text = text.replace("÷", "/").split("=")[0].strip()
    steps: list[Decimal] = []
    try:
        _work_out(ast.parse(text, mode="eval").body, steps)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    except (InvalidOperation, DivisionByZero, Overflow):
        return []
    return steps


def _work_out(node: ast.expr, steps: list[Decimal]) -> Decimal:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = Decimal(str(node.value))
        if not value.is_finite():
            raise ValueError("not finite")
        return value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _work_out(node.operand, steps)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _work_out(node.left, steps), _work_out(node.right, steps)
        steps.append(_BINARY[type(node.op)](left, right))
        return steps[-1]
    raise ValueError("not arithmetic")
