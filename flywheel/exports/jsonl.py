"""This project's own form, which `flywheel import` reads: an example a line."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.example import Example

_INTERNAL: Final = {"target", "candidate_id", "cluster"}


def encode(examples: Sequence[Example]) -> Iterator[bytes]:
    """One line for each example, whole but for what only this store understands."""
    for example in examples:
        yield example.model_dump_json(exclude=_INTERNAL).encode() + b"\n"
