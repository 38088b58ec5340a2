"""Which texts are surely in a language that the model does not know."""

from functools import lru_cache
from typing import Any, Final

_CERTAIN: Final = 0.9
_LETTERS: Final = 40
"""Fewer say too little: a name, a table's head, a ticker."""

_DENSE: Final = 4
"""A letter of a script beyond Latin says as much as four: Japanese sentences are short."""

_READ: Final = 4000
"""Characters looked at: a language shows at once."""

_NONE: Final = frozenset({"zxx"})
"""ISO 639-2 for what is no language: hashes, code, figures."""


def is_foreign(text: str, language: str) -> bool:
    """Whether a text is, with confidence, in another language than `language`.

    Short texts and tables of numbers are nobody's language and count as the model's own.
    """
    text = text[:_READ]
    if _weight(text) < _LETTERS:
        return False
    found, confidence = _identifier().classify(text)
    return found != language and found not in _NONE and float(confidence) > _CERTAIN


def _weight(text: str) -> int:
    letters = sum(character.isalpha() for character in text)
    if text.isascii():
        return letters
    dense = sum(character > "\u024f" and character.isalpha() for character in text)
    return letters + (_DENSE - 1) * dense


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # most of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
