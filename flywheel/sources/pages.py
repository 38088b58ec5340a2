"""How large the pages of a Parquet column are, by their headers alone: nothing is unpacked.

Readers unpack a page whole, and a value stands in one page, so the largest page bounds both.
PyArrow does not tell page sizes: their headers are Thrift structs in the compact protocol, of which
two numbers are read and the rest is stepped over.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

_HEADER: Final = 2**12
_LARGEST_HEADER: Final = 2**24
"""It holds the page's smallest and largest value."""
_UNPACKED, _PACKED = 2, 3
"""Numbers of the fields of `PageHeader` (parquet.thrift)."""


class DamagedPages(Exception):
    """Headers that no writer makes."""


class _Sizes(NamedTuple):
    header: int
    packed: int
    unpacked: int


def page_sizes(file: BinaryIO, start: int, size: int) -> Iterator[int]:
    """The unpacked bytes of each page of a column chunk at `start`, its dictionary included.

    Raises `DamagedPages`.
    """
    at, end = start, start + size
    while at < end:
        page = _read_header(file, at)
        yield page.unpacked
        at += page.header + page.packed


def _read_header(file: BinaryIO, at: int) -> _Sizes:
    room = _HEADER
    while room <= _LARGEST_HEADER:
        file.seek(at)
        data = file.read(room)
        try:
            return _Compact(data).page()
        except IndexError:  # the header goes on
            if len(data) < room:
                break
            room *= 16
        except RecursionError:
            break
    raise DamagedPages


class _Compact:
    """A struct in Thrift's compact protocol, read from its first byte on."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        skip_integer = self._varint
        self._skips: dict[int, Callable[[], object]] = {
            1: lambda: None, 2: lambda: None,  # a truth value is in its kind
            3: lambda: self._jump(1), 4: skip_integer, 5: skip_integer, 6: skip_integer,
            7: lambda: self._jump(8), 8: lambda: self._jump(self._varint()),
            9: self._skip_list, 10: self._skip_list, 11: self._skip_map, 12: self._skip_struct,
        }  # fmt: skip

    def page(self) -> _Sizes:
        """The sizes that a page's header gives; `IndexError` when it goes on behind the data."""
        sizes = {_UNPACKED: -1, _PACKED: -1}
        for field, kind in self._fields():
            if field in sizes and kind == 5:
                number = self._varint()
                sizes[field] = number >> 1 ^ -(number & 1)
            else:
                self._skip(kind)
        if min(sizes.values()) < 0:
            raise DamagedPages
        return _Sizes(self._at, sizes[_PACKED], sizes[_UNPACKED])

    def _fields(self) -> Iterator[tuple[int, int]]:
        field = 0
        while head := self._byte():
            if head >> 4:
                field += head >> 4
            else:
                number = self._varint()
                field = number >> 1 ^ -(number & 1)
            yield field, head & 15

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        number, shift = 0, 0
        while shift < 70:
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
        raise DamagedPages

    def _jump(self, count: int) -> None:
        self._at += count
        if self._at > len(self._data):
            raise IndexError

    def _skip(self, kind: int) -> None:
        if kind not in self._skips:
            raise DamagedPages
        self._skips[kind]()

    def _skip_list(self) -> None:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._varint()
        self._skip_items(size, head & 15)

    def _skip_map(self) -> None:
        size = self._varint()
        kinds = self._byte() if size else 0
        self._skip_items(size, kinds >> 4, kinds & 15)

    def _skip_items(self, size: int, *kinds: int) -> None:
        for _ in range(size):
            for kind in kinds:
                self._skip(3 if kind in (1, 2) else kind)  # within a list a truth value is a byte

    def _skip_struct(self) -> None:
        for _, kind in self._fields():
            self._skip(kind)
