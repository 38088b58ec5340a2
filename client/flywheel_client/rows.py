"""The examples of a release as a client reads them: mapped, and decoded one at a time."""

import hashlib
import io
import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

ROWS: Final = "rows.jsonl"
"""One example a line, in the order of the vectors."""
ROW_INDEX: Final = "rows.npy"
"""For each example where its line ends, and its tokens."""
FILTER_KEYS: Final = "filter_keys.npy"
"""Sorted: a 64-bit hash of column and value, once for each example that has the value."""
FILTER_ROWS: Final = "filter_rows.npy"
"""Beside each key, the example."""

COLUMNS: Final = ("case_id", "cluster", "feature", "tenant")
"""What a filter finds beside tags."""
SHARED: Final = "~shared"
"""The column of what every tenant may see."""

Buffer = bytes | memoryview
_DECODER: Final = json.JSONDecoder()
"""`json.loads` would look anew each time at how the bytes are encoded."""
RowNumbers = npt.NDArray[np.intp]


class Rows:
    """Text, tokens and filters of all examples."""

    def __init__(self, text: Buffer, index: Any, keys: Any, rows: Any) -> None:
        """Buffers as `encode_rows` made them, arrays parsed; raises `ValueError` if they differ."""
        if index.ndim != 2 or index.shape[1] != 2 or keys.shape != rows.shape:
            raise ValueError("the arrays of the rows do not fit together")
        if len(index) and int(index[-1, 0]) != len(text):
            raise ValueError("the rows end elsewhere than their index says")
        self._text = text
        self._ends = index[:, 0]
        self._keys = keys
        self._rows = rows
        self.tokens: npt.NDArray[np.int32] = np.ascontiguousarray(index[:, 1], np.int32)

    def __len__(self) -> int:
        return len(self._ends)

    def decode(self, row: int) -> dict[str, Any]:
        """One example as it was written, its nested values decoded."""
        start = int(self._ends[row - 1]) if row else 0
        line = str(self._text[start : int(self._ends[row])], "utf-8")
        record: dict[str, Any] = _DECODER.raw_decode(line)[0]
        return record

    def decode_these(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """Several at once, which is faster than one by one."""
        starts = [int(self._ends[row - 1]) if row else 0 for row in rows]
        ends = self._ends[rows].tolist()
        lines = [self._text[start:end] for start, end in zip(starts, ends, strict=True)]
        text = str(b",".join(lines), "utf-8")
        records: list[dict[str, Any]] = _DECODER.raw_decode(f"[{text}]")[0]
        return records

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self.decode(row) for row in range(len(self)))

    def matching(self, column: str, values: Collection[str]) -> RowNumbers:
        """The rows that have one of the values, ascending."""
        found = [self._rows[self._span(column, value)] for value in values]
        if not found:
            return np.empty(0, np.intp)
        rows = found[0] if len(found) == 1 else np.unique(np.concatenate(found))
        return rows.astype(np.intp)

    def _span(self, column: str, value: str) -> slice:
        key = np.uint64(filter_key(column, value))
        low = int(np.searchsorted(self._keys, key, "left"))
        return slice(low, int(np.searchsorted(self._keys, key, "right")))


def column_named(name: str) -> str:
    """What a filter calls `feature`, `tenant`, `lang` or `tags.lang`, as the index has it."""
    return name if name in COLUMNS else f"tags.{name.removeprefix('tags.')}"


def filter_key(column: str, value: str) -> int:
    """64 bits of BLAKE2: a look-up needs no table of values, so a million of them open at once."""
    digest = hashlib.blake2b(f"{column}\0{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def encode_rows(records: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """The four files of these examples: each has `id`, `messages`, `output`, `tokens`, `tags`…"""
    text = bytearray()
    index, keys, rows = array("q"), array("Q"), array("I")
    for row, record in enumerate(records):
        text += json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        index.extend((len(text), record["tokens"]))
        for column, value in _filters(record):
            keys.append(filter_key(column, value))
            rows.append(row)
    sorted_keys = np.argsort(np.asarray(keys, "<u8"), kind="stable")
    return {
        ROWS: bytes(text),
        ROW_INDEX: encode_array(np.asarray(index, "<i8").reshape(-1, 2)),
        FILTER_KEYS: encode_array(np.asarray(keys, "<u8")[sorted_keys]),
        FILTER_ROWS: encode_array(np.asarray(rows, "<u4")[sorted_keys]),
    }


def _filters(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        if record.get(column) is not None:
            yield column, record[column]
    tags = record["tags"]
    for name, value in tags.items():
        yield f"tags.{name}", value
    if record.get("tenant") is None or tags.get("shared") == "true":
        yield SHARED, ""


def encode_array(array: npt.NDArray[Any]) -> bytes:
    """An array as a `.npy` file."""
    sink = io.BytesIO()
    np.save(sink, array, allow_pickle=False)
    return sink.getvalue()


def parse_array(content: Buffer) -> npt.NDArray[Any]:
    """A `.npy` file as an array over the same bytes, never a copy.

    Raises `ValueError` for anything else, pickled objects included.
    """
    head = io.BytesIO(bytes(content[:4096]))
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("no .npy file of version 1.0")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(head)
    if fortran_order or dtype.hasobject:
        raise ValueError("an array of numbers in C order is needed")
    if head.tell() + dtype.itemsize * int(np.prod(shape)) != len(content):
        raise ValueError("the array is shorter or longer than its header says")
    count = int(np.prod(shape))
    return np.frombuffer(content, dtype, count, head.tell()).reshape(shape)
