"""What must not stand in a scrubbed text any more, by the very patterns that scrub it."""

from collections.abc import Collection
from typing import Final

from flywheel.scrub.lists import is_allowed
from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.placeholders import outside_placeholders
from flywheel.scrub.view import View

RESIDUAL: Final = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE")
"""Taken out whatever the score threshold: otherwise the checks would find them again."""

_SURE: Final = 0.7
"""Below are digits that are a figure as well as a number of somebody's."""


def find_residual(text: str, allow: Collection[str] = ()) -> frozenset[str]:
    """Which of `RESIDUAL` still stand in the text; `allow` as in `ScrubSettings`."""
    view = View(text)
    return frozenset(entity for entity in RESIDUAL if _stands(entity, text, view, allow))


def find_in_name(text: str, allow: Collection[str] = ()) -> frozenset[str]:
    """What stands in a name or label that is kept as it was given: there every pattern counts that
    is sure without words around it.
    """
    view = View(text)
    sure = (one for one in PATTERNS if _stands(one, text, view, allow, at_least=_SURE))
    return find_residual(text, allow).union(sure)


def _stands(
    entity: str, text: str, view: View, allow: Collection[str], at_least: float = 0.0
) -> bool:
    found = (span for span in PATTERNS[entity](view.text) if span.score >= at_least)
    spans = outside_placeholders(text, map(view.back, found))
    return any(not is_allowed(text[span.start : span.end], allow) for span in spans)
