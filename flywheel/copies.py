"""Whether one long text is another's copy: whole, cut short, or with its paragraphs moved.

A MinHash finds who shares enough runs of words (Broder 1997, "On the resemblance and containment
of documents"); that alone would take boilerplate with other figures for a copy. So it is confirmed
exactly: the shorter text has to be made of long runs of the longer one, each word used once. A
figure, name or word in another's place leaves a run that is too short.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import rensa
from numpy.typing import NDArray

RUN: Final = 6
"""Words that a piece of a copy has at least; a table's row of figures alone must not be one."""
SHINGLE: Final = 4
"""Words."""
MIN_SHARE: Final = 0.6
"""Of the longer text that a shorter one must hold to be called its copy."""
BANDS: Final = 20
ROWS: Final = 4
"""Of two texts that share .65 of their shingles, 98% meet in a band: 1 - (1 - .65^4)^20."""
SEED: Final = 20_260_101
_BLOCK: Final = 1 << 18
"""Bytes of text hashed at once: what fits a processor's cache is twice as fast."""
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
VERSION: Final = f"2/rensa{rensa.RMinHash.ALGORITHM_VERSION}/{BANDS}x{ROWS}/{SHINGLE}"
"""Of the signatures: those of another version are never compared."""


def bands(texts: Sequence[Sequence[str]], salts: Sequence[int]) -> NDArray[np.uint64]:
    """The bands of each text's MinHash signature, `BANDS` numbers a row.

    Texts have `SHINGLE` words at least: shorter ones are never copies (see `is_part`).
    Texts of different salts (64 bits each) share none.
    """
    signature = _signatures(texts).reshape(len(texts), BANDS, ROWS)
    band = np.array(salts, dtype=np.uint64)[:, None] ^ _mix(np.arange(BANDS, dtype=np.uint64))
    for row in range(ROWS):
        band = _mix(band ^ signature[:, :, row])
    return band >> np.uint64(1)  # below 2^63: DuckDB hands them to Arrow as signed numbers


def _signatures(texts: Sequence[Sequence[str]]) -> NDArray[np.uint64]:
    """MinHash over the shingles, `BANDS * ROWS` numbers a row."""
    rows = [_digests(block) for block in _blocks(texts)]
    return np.concatenate(rows) if rows else np.empty((0, BANDS * ROWS), dtype=np.uint64)


def _blocks(texts: Sequence[Sequence[str]]) -> Iterator[list[tuple[int, bytes]]]:
    """Each text's number of words and its bytes, a space after each word; some texts at once."""
    block: list[tuple[int, bytes]] = []
    size = 0
    for text in texts:
        line = (" ".join(text) + " ").encode("utf-8", "surrogatepass")
        if block and size + len(line) > _BLOCK:
            yield block
            block, size = [], 0
        block.append((len(text), line))
        size += len(line)
    if block:
        yield block


def _digests(block: Sequence[tuple[int, bytes]]) -> NDArray[np.uint64]:
    sizes = np.array([words for words, _ in block])
    shingles = _shingles(np.frombuffer(b"".join(line for _, line in block), dtype=np.uint8))
    whole = np.ones(len(shingles), dtype=bool)
    for last in range(1, SHINGLE):  # a run must not go on into the next text
        whole[np.cumsum(sizes)[:-1] - last] = False
    ends = np.concatenate([[0], np.cumsum(sizes - SHINGLE + 1)]).astype(np.uint64)
    rows = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        shingles[whole], ends, num_perm=BANDS * ROWS, seed=SEED
    ).to_rows()
    return np.array(rows, dtype=np.uint64)


def _shingles(text: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """One number for each run of `SHINGLE` words that each end in a space.

    A rolling hash (Karp and Rabin 1987) modulo 2^64: of any run by two look-ups, so that neither
    a string nor a number is made for each word.
    """
    powers, inverses = _powers(1 << (len(text) - 1).bit_length())
    upto = np.zeros(len(text) + 1, dtype=np.uint64)
    np.cumsum(text * powers[: len(text)], out=upto[1:])
    ends = np.flatnonzero(text == ord(" ")) + 1
    starts = np.concatenate([[0], ends[: len(ends) - SHINGLE]])
    runs: NDArray[np.uint64] = upto[ends[SHINGLE - 1 :]] - upto[starts]
    return _mix(runs * inverses[starts])


@lru_cache(maxsize=1)
def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Of an odd number, and of its inverse, modulo 2^64."""
    inverse = np.uint64(pow(int(_ODD), -1, 2**64))
    steps = np.full((2, count), [[_ODD], [inverse]], dtype=np.uint64)
    steps[:, 0] = 1
    powers, inverses = np.cumprod(steps, axis=1, dtype=np.uint64)
    return powers, inverses


def _mix(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): every bit moves every other."""
    mixed = numbers + _ODD
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def is_part(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether `part` is a copy of `whole`, or of enough of it, in whatever order."""
    if not RUN <= len(part) <= len(whole) or len(part) < MIN_SHARE * len(whole):
        return False
    if Counter(part) - Counter(whole):
        return False
    starts = defaultdict(list)
    for at in range(len(whole) - RUN + 1):
        starts[tuple(whole[at : at + RUN])].append(at)
    at = 0
    while at < len(part):
        at = min(at, len(part) - RUN)  # a tail shorter than a run is looked up with what precedes
        run = max((_run(part, at, whole, s) for s in starts[tuple(part[at : at + RUN])]), default=0)
        if not run:
            return False
        at += run
    return True


def _run(part: Sequence[str], at: int, whole: Sequence[str], start: int) -> int:
    """How many words the two have in common from these places on."""
    length = 0
    for mine, theirs in zip(part[at:], whole[start:], strict=False):
        if mine != theirs:
            break
        length += 1
    return length
