"""How many texts are looked at in one go."""

from collections.abc import Iterator, Sequence
from typing import Final

_PART_CHARS: Final = 32_768
_PART_TEXTS: Final = 256
"""What the model reads ahead, and what a worker gets, at once."""


def in_parts(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in parts of bounded size; a longer text is a part of its own."""
    part: list[str] = []
    size = 0
    for text in texts:
        if part and (size + len(text) > _PART_CHARS or len(part) == _PART_TEXTS):
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text)
    if part:
        yield part
