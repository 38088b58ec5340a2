"""What must not stand in a scrubbed text any more, by the very patterns that scrub it."""

from collections.abc import Collection
from typing import Final

from flywheel.scrub.lists import is_allowed
from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.placeholders import outside_placeholders
from flywheel.scrub.view import View

RESIDUAL: Final = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE")
"""Taken out whatever the score threshold: otherwise the checks would find them again."""


def find_residual(text: str, allow: Collection[str] = ()) -> frozenset[str]:
    """Which of `RESIDUAL` still stand in the text; `allow` as in `ScrubSettings`."""
    view = View(text)
    return frozenset(entity for entity in RESIDUAL if _stands(entity, text, view, allow))


def _stands(entity: str, text: str, view: View, allow: Collection[str]) -> bool:
    spans = outside_placeholders(text, map(view.back, PATTERNS[entity](view.text)))
    return any(not is_allowed(text[span.start : span.end], allow) for span in spans)
