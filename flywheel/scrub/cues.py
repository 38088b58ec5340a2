"""What stands before a number tells what the number is."""

import re
from re import Match, Pattern

_REACH = 48
"""Characters that a cue word may stand before the number."""

_BREAK = re.compile(r"[<>|\d]|\n\s*\n")
"""A cue does not reach over another number, a placeholder, a table cell or a paragraph."""


def cued(text: str, start: int, cue: Pattern[str], unless: Pattern[str] | None = None) -> bool:
    """Whether a cue stands shortly before `start`, with no number and no `unless` in between."""
    window = text[max(0, start - _REACH) : start]
    breaks: list[Match[str]] = list(_BREAK.finditer(window))
    if breaks:
        window = window[breaks[-1].end() :]
    found = cue.search(window)
    if found is None or unless is None:
        return found is not None
    return unless.search(window, found.end()) is None
