"""What must not stand in a scrubbed text any more, by the very patterns that scrub it."""

from typing import Final

from flywheel.scrub.patterns import PATTERNS
from flywheel.scrub.placeholders import outside_placeholders

RESIDUAL: Final = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE")


def find_residual(text: str) -> frozenset[str]:
    """Which of `RESIDUAL` still stand in the text."""
    return frozenset(
        entity for entity in RESIDUAL if outside_placeholders(text, PATTERNS[entity](text))
    )
