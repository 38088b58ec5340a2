"""What a text must hold for a pattern to match at all: cheap looks that spare the slow ones."""

import re
from collections.abc import Callable
from typing import Final

_DIGIT = re.compile(r"[0-9]|[^\x00-\x7f]")
"""Digits of any script are outside ASCII."""


def _has_digit(text: str) -> bool:
    return _DIGIT.search(text) is not None


def _has_at(text: str) -> bool:
    return "@" in text or "%40" in text or "at" in text.casefold()


def _has_scheme(text: str) -> bool:
    return "://" in text


NEEDS: Final[dict[str, Callable[[str], bool]]] = {
    "PHONE_NUMBER": _has_digit,
    "CREDIT_CARD": _has_digit,
    "IBAN_CODE": _has_digit,
    "US_SSN": _has_digit,
    "IP_ADDRESS": _has_digit,
    "STREET_ADDRESS": _has_digit,
    "EMAIL_ADDRESS": _has_at,
    "URL": _has_scheme,
}
"""A type that is not here is always looked for. Each look must be implied by every match:
`tests/flywheel/scrub/test_needs.py` holds the patterns against it."""


def may_hold(entity: str, text: str) -> bool:
    """Whether the text has what this type cannot do without."""
    need = NEEDS.get(entity)
    return need is None or need(text)
