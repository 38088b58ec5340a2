"""Raw lines: what every reader yields, in batches bounded by lines and bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.fault import Reason


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on: an offset as in `Fault.offset`, and the number of the line there."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line as it came, not yet looked into; never printed, never stored."""

    number: int
    offset: int
    end: Position
    """Where the next line starts."""
    data: bytes = field(repr=False)
    """Without its end of line; empty when `fault` is set."""
    fault: Reason | None = None
    """Set by a reader that could not hand over the bytes."""
    fault_sha256: str = ""
    terminated: bool = True
    """False for the last line of a source that has no end of line yet."""
    done: int = 0
    """Bytes of the file that were read when this line was complete."""

    @property
    def sha256(self) -> str:
        """Of the bytes without their end of line."""
        return self.fault_sha256 or hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is held in memory at once."""

    batch_lines: int
    batch_bytes: int
    max_line_bytes: int


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Lines that go in together."""

    lines: list[RawLine]
    finished: bool
    """True when nothing follows: the source was read to its end."""

    @property
    def end(self) -> Position:
        """Where the next batch starts."""
        return self.lines[-1].end


def batched(lines: Iterable[RawLine], limits: Limits) -> Iterator[RawBatch]:
    """Group lines; looks one line ahead, so that the last batch knows that it is the last."""
    held: list[RawLine] = []
    size = 0
    for line in lines:
        full = len(held) >= limits.batch_lines or size + len(line.data) > limits.batch_bytes
        if held and full:
            yield RawBatch(held, finished=False)
            held, size = [], 0
        held.append(line)
        size += len(line.data)
    if held:
        yield RawBatch(held, finished=True)
