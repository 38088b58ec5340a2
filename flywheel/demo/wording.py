"""The words of the story: what codes are called, and how counts are listed."""

from collections.abc import Mapping
from typing import Final

REASONS: Final = {
    "expect_column_values_to_be_between(time)": "time ahead of the clock, or before the horizon",
    "not_json": "cut off: not JSON",
    "not_utf8": "not UTF-8",
    "not_object": "not an object",
}
"""Where the code with spaces for underscores would puzzle."""

SIGNALS: Final = {
    "rewrite": "prompts rewritten",
    "regenerate": "regenerations",
    "correction": "corrections",
    "abandon": "left",
    "follow_up": "follow-up questions",
    "comment": "comments",
    "thumbs": "thumbs",
    "flag": "flags",
    "copy": "copies",
    "accept": "acceptances",
}
KINDS: Final = {
    "CREDIT_CARD": "card numbers",
    "EMAIL_ADDRESS": "e-mail addresses",
    "IBAN_CODE": "IBANs",
    "PERSON": "names",
    "PHONE_NUMBER": "phone numbers",
}
VERDICTS: Final = {
    "approve": "approved",
    "edit": "answer written",
    "reject": "rejected",
    "skip": "skipped",
}


def counted(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    """ "3 names, 1 card numbers": each count with what it counts."""
    return ", ".join(f"{count} {names.get(name, words(name))}" for name, count in counts.items())


def words(name: str) -> str:
    """A code as words."""
    return name.replace("_", " ").lower()


def sentence(text: str) -> str:
    """A note with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def shorten(text: str, length: int = 90) -> str:
    """On one line, cut off after `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
