"""How many texts are looked at in one go."""

from collections.abc import Iterator, Sequence
from typing import Final

_PART_CHARS: Final = 16_384
_PART_TEXTS: Final = 1024
"""What a worker gets at once; small, so that all end at the same time."""


def in_parts(texts: Sequence[str], characters: int = _PART_CHARS) -> Iterator[list[str]]:
    """Texts in parts of bounded size; a longer text is a part of its own."""
    part: list[str] = []
    size = 0
    for text in texts:
        if part and (size + len(text) > characters or len(part) == _PART_TEXTS):
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text)
    if part:
        yield part
