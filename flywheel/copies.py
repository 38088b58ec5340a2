"""Whether one long text is another's copy: whole, cut short, or with its paragraphs moved.

A MinHash finds who shares enough runs of words (Broder 1997, "On the resemblance and containment
of documents"); that alone would take boilerplate with other figures for a copy. So it is confirmed
exactly: the shorter text has to be made of long runs of the longer one, each word used once. A
figure, name or word in another's place leaves a run that is too short.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
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
VERSION: Final = f"1/rensa{rensa.RMinHash.ALGORITHM_VERSION}/{BANDS}x{ROWS}/{SHINGLE}"
"""Of the signatures: those of another version are never compared."""


def signatures(texts: Sequence[Sequence[str]]) -> NDArray[np.uint32]:
    """The MinHash signature of each text's shingles: a row of `BANDS * ROWS` numbers each."""
    minhashes = rensa.RMinHash.digests_from_token_sets(
        [_shingles(text) for text in texts], num_perm=BANDS * ROWS, seed=SEED
    )
    return np.array(minhashes, dtype=np.uint32).reshape(len(texts), BANDS * ROWS)


def bands(signatures: NDArray[np.uint32]) -> NDArray[np.void]:
    """Each band of each signature as one item of `4 * ROWS` bytes, `BANDS` a row."""
    whole = np.ascontiguousarray(signatures).view(f"V{4 * ROWS}")
    return whole.reshape(len(signatures), BANDS)


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


def _shingles(text: Sequence[str]) -> list[str]:
    if len(text) <= SHINGLE:
        return [" ".join(text)]
    return [" ".join(text[at : at + SHINGLE]) for at in range(len(text) - SHINGLE + 1)]
