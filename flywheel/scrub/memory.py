"""What was found in a text is remembered: the same report is asked about many times."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Memory(Generic[_Key, _Value]):
    """The findings of the texts seen last, bounded by their number and their characters."""

    def __init__(self, texts: int, characters: int, size: Callable[[_Key], int]) -> None:
        self._most = texts
        self._most_characters = characters
        self._size = size
        self._characters = 0
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: _Key) -> _Value | None:
        """What was found, or None for a text not seen or forgotten."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: _Key, found: _Value) -> None:
        """Remember, and forget the texts not asked for longest."""
        if key not in self._kept:
            self._characters += self._size(key)
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > self._most or self._characters > self._most_characters:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= self._size(forgotten)
