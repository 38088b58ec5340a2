"""Shows word by word how the ideal output differs from the model's answer."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

_TOKEN: Final = re.compile(r"<[A-Z_]+_[a-z0-9]+>|\s+|\d[\d.,]*\d|\w+|[^\w\s]")
_MAX_WORK: Final = 4_000_000
"""Tokens times tokens: beyond it difflib would keep the reader waiting."""

Kind = Literal["same", "removed", "added"]


class Piece(NamedTuple):
    """A stretch of text of one kind."""

    text: str
    kind: Kind


class Difference(NamedTuple):
    """Both texts in pieces; joined, each is the text it came from."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    compared: bool
    """False: too long to compare, both stand unmarked."""

    @property
    def equal(self) -> bool:
        """Whether the two texts are the same."""
        return self.compared and all(p.kind == "same" for p in (*self.before, *self.after))


def word_diff(before: str, after: str) -> Difference:
    """Compare two texts by words, numbers, placeholders and marks, with Ratcliff/Obershelp."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_WORK and before != after:
        return Difference((Piece(before, "same"),), (Piece(after, "same"),), compared=False)
    left: list[Piece] = []
    right: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        same = tag == "equal"
        _append(left, old[old_start:old_end], "same" if same else "removed")
        _append(right, new[new_start:new_end], "same" if same else "added")
    return Difference(_bridge(left), _bridge(right), compared=True)


def changed_numbers(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The numbers that another one stands in for, each pair once: `("12.4", "14.2")`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_WORK:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pairs: dict[tuple[str, str], None] = {}
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        left = [token for token in old[old_start:old_end] if token[0].isdigit()]
        right = [token for token in new[new_start:new_end] if token[0].isdigit()]
        if tag == "replace" and len(left) == len(right):
            pairs |= dict.fromkeys(zip(left, right, strict=True))
    return tuple(pairs)


def _append(pieces: list[Piece], tokens: Sequence[str], kind: Kind) -> None:
    if tokens:
        pieces.append(Piece("".join(tokens), kind))


def _bridge(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join changes that only white space parts: a changed phrase reads as one."""
    joined: list[Piece] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].kind if index + 1 < len(pieces) else "same"
        if piece.kind == "same" and piece.text.isspace() and joined and following != "same":
            piece = Piece(piece.text, following)
        if joined and joined[-1].kind == piece.kind:
            piece = Piece(joined.pop().text + piece.text, piece.kind)
        joined.append(piece)
    return tuple(joined)
