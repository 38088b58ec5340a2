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
    for same, removed, added in _align(old, new):
        _append(left, removed, "same" if same else "removed")
        _append(right, added, "same" if same else "added")
    return Difference(_bridge(left), _bridge(right), compared=True)


def inline_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one, what went before what came; empty when they are too long to compare."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_WORK:
        return ()
    pieces: list[Piece] = []
    for same, removed, added in _align(old, new):
        _append(pieces, removed, "same" if same else "removed")
        _append(pieces, () if same else added, "added")
    return tuple(pieces)


def changed_numbers(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """The numbers that another one stands in for, each pair once: `("12.4", "14.2")`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_WORK:
        return ()
    pairs: dict[tuple[str, str], None] = {}
    for same, removed, added in _align(old, new):
        left = [token for token in removed if token[0].isdigit()]
        right = [token for token in added if token[0].isdigit()]
        if not same and len(left) == len(right):
            pairs |= dict.fromkeys(zip(left, right, strict=True))
    return tuple(pairs)


Aligned = tuple[bool, Sequence[str], Sequence[str]]
"""Whether both are the same, and the tokens of either text."""


def _align(old: Sequence[str], new: Sequence[str]) -> list[Aligned]:
    """The two texts side by side, as few tokens changed as two ways of looking find.

    One way takes all numbers for equal: figures that changed places are then told where they stand,
    and not as words that moved around them.
    """
    plain, by_place = _match(old, new, old, new), _match(old, new, _masked(old), _masked(new))
    return min(by_place, plain, key=_changed)


def _masked(tokens: Sequence[str]) -> list[str]:
    return ["0" if token[0].isdigit() else token for token in tokens]


def _match(
    old: Sequence[str], new: Sequence[str], left: Sequence[str], right: Sequence[str]
) -> list[Aligned]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    aligned: list[Aligned] = []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed, added = old[old_start:old_end], new[new_start:new_end]
        if tag == "equal":
            aligned += [(a == b, (a,), (b,)) for a, b in zip(removed, added, strict=True)]
        else:
            aligned.append((False, removed, added))
    return aligned


def _changed(aligned: Sequence[Aligned]) -> int:
    return sum(len(removed) + len(added) for same, removed, added in aligned if not same)


def _append(pieces: list[Piece], tokens: Sequence[str], kind: Kind) -> None:
    if tokens and pieces and pieces[-1].kind == kind:
        pieces.append(Piece(pieces.pop().text + "".join(tokens), kind))
    elif tokens:
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
