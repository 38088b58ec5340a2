"""The shape of a line: its known keys and the kinds of its values, and none of its text."""

import json
from typing import Any, Final

from flywheel.parse import KNOWN_KEYS
from schemas.signal import Signal

_WORDS: Final = frozenset(signal.value for signal in Signal) | {
    "interaction", "feedback", "system", "developer", "user", "assistant", "tool", "function",
    "text",
}  # fmt: skip
"""Values of the format itself: these may be shown."""
_WORDED: Final = frozenset({"type", "signal", "role"})
_DEEPEST: Final = 6
_MOST: Final = 40


def shape_of(data: bytes) -> str:
    """What can be told about a line without telling what it says, as indented lines."""
    try:
        value = json.loads(data.decode("utf-8").removeprefix("\ufeff"), parse_int=_number)
    except UnicodeDecodeError as error:
        return f"{len(data):,} bytes; no UTF-8 from byte {error.start:,} on"
    except json.JSONDecodeError as error:
        return f"{len(data):,} bytes; no JSON from character {error.pos:,} on"
    except (RecursionError, ValueError):
        return f"{len(data):,} bytes; nested too deep to show"
    return "\n".join(_lines(value, "", 0))


def _number(text: str) -> float:
    return 0.0  # its digits could be a telephone's


def _lines(value: Any, name: str, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, dict | list) and depth < _DEEPEST:
        items = list(value.items()) if isinstance(value, dict) else [("-", v) for v in value]
        lines = [f"{indent}{name}{'object' if isinstance(value, dict) else 'list'} of {len(items)}"]
        for key, item in items[:_MOST]:
            shown = f"{key if key in KNOWN_KEYS or key == '-' else '(another key)'}: "
            lines += _lines(item, "- " if key == "-" else shown, depth + 1)
        return [*lines, *([f"{indent}  ..."] if len(items) > _MOST else [])]
    return [f"{indent}{name}{_kind(value, name)}"]


def _kind(value: Any, name: str) -> str:
    if isinstance(value, str):
        worded = name.removesuffix(": ") in _WORDED and value in _WORDS
        return f'"{value}"' if worded else f"text of {len(value):,} characters"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return "number" if isinstance(value, float) else "more, deeper"
