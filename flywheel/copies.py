"""Whether one long text is another's copy: whole, cut short, or with its paragraphs moved.

A MinHash finds who shares enough runs of words (Broder 1997, "On the resemblance and containment
of documents"); that alone would take boilerplate with other figures for a copy. So it is confirmed
exactly: the shorter text has to be made of long runs of the longer one, each word used once. A
figure, name or word in another's place leaves a run that is too short.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
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
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
VERSION: Final = f"1/rensa{rensa.RMinHash.ALGORITHM_VERSION}/{BANDS}x{ROWS}/{SHINGLE}"
"""Of the signatures: those of another version are never compared."""


def bands(texts: Sequence[Sequence[str]], salts: Sequence[int]) -> NDArray[np.uint64]:
    """The bands of each text's MinHash signature, `BANDS` numbers a row.

    Texts have `SHINGLE` words at least: shorter ones are never copies (see `is_part`).
    Texts of different salts (64 bits each) share none.
    """
    signature = np.array(_signatures(texts), dtype=np.uint64).reshape(len(texts), BANDS, ROWS)
    band = np.array(salts, dtype=np.uint64)[:, None] ^ _mix(np.arange(BANDS, dtype=np.uint64))
    for row in range(ROWS):
        band = _mix(band ^ signature[:, :, row])
    return band >> np.uint64(1)  # below 2^63: DuckDB hands them to Arrow as signed numbers


def _signatures(texts: Sequence[Sequence[str]]) -> Sequence[Sequence[int]]:
    """MinHash over the shingles, made of the words' hashes by arithmetic: no string is built."""
    words = rensa.RMinHash.hash_token_sets(texts)
    sizes = np.array([len(text) for text in words])
    shingles = _shingles(np.fromiter(chain.from_iterable(words), np.uint64, sizes.sum()))
    whole = np.ones(len(shingles), dtype=bool)
    for last in range(1, SHINGLE):  # a run must not go on into the next text
        whole[np.cumsum(sizes)[:-1] - last] = False
    ends = np.concatenate([[0], np.cumsum(sizes - SHINGLE + 1)]).astype(np.uint64)
    digests: Sequence[Sequence[int]] = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        shingles[whole], ends, num_perm=BANDS * ROWS, seed=SEED
    ).to_rows()
    return digests


def _shingles(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each run of `SHINGLE` words: a polynomial of their hashes, modulo 2^64."""
    count = len(words) - SHINGLE + 1
    shingle = words[:count].copy()
    for place in range(1, SHINGLE):
        shingle *= _ODD
        shingle += words[place : place + count]
    return shingle


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
