"""Near-duplicates: rensa's signatures with bands in DuckDB, against datasketch's MinHashLSH.

`python -m benchmarks.near_duplicates` (`make bench-dedupe`). Both get the same texts as words, with
the same shingles, permutations and bands, so both find the same share of the planted copies, which
is checked. Then it measures what a batch costs that is compared with a growing history.
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from datasketch import MinHash, MinHashLSH
from rich.console import Console
from rich.table import Table

from benchmarks.timing import Comparison, compare_pairs
from flywheel.clusters import Core
from flywheel.copies import BANDS, ROWS, SHINGLE
from flywheel.settings import go_offline
from flywheel.steps.cluster import sign
from flywheel.store import Store
from flywheel.store.sql import sql

TEXTS: Final = 20_000
"""Half of them are copies of the other half, cut short."""
WORDS: Final = 250
PAIRS: Final = 3
BATCH: Final = 5000
HISTORY: Final = (10_000, 100_000, 1_000_000)
TOLERANCE: Final = 0.01
"""How far the two shares of found copies may lie from each other."""

Found = set[tuple[int, int]]


def make_texts(count: int) -> list[list[str]]:
    """Texts of which number n + count/2 is a copy of number n, without up to its last third."""
    random = Random(7)
    vocabulary = [f"word{n}" for n in range(20_000)]
    originals = [random.choices(vocabulary, k=WORDS) for _ in range(count // 2)]
    return originals + [text[: random.randint(WORDS * 2 // 3, WORDS)] for text in originals]


def find_ours(texts: list[list[str]], store: Store) -> Found:
    """Signatures, bands and the join, in an empty database."""
    cores = [Core(str(n), "ask", frozenset(), tuple(text)) for n, text in enumerate(texts)]
    bands = sign(cores)
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO cores SELECT range::VARCHAR, '', '', 0, 0, '', range FROM range($count)",
            {"count": len(texts)},
        )
        connection.register("incoming_bands", bands)
        connection.execute(
            "INSERT INTO core_bands SELECT band, core_id::BIGINT FROM incoming_bands"
        )
        pairs = connection.execute(sql("cluster_collisions")).fetchall()
    return {(min(pair), max(pair)) for pair in ((int(one), int(other)) for one, other in pairs)}


def find_theirs(texts: list[list[str]]) -> Found:
    """datasketch's index in memory: each text is looked up, then inserted."""
    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    found: Found = set()
    for n, text in enumerate(texts):
        minhash = MinHash(num_perm=BANDS * ROWS)
        shingles = (text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1))
        minhash.update_batch([" ".join(words).encode() for words in shingles])
        found.update((int(other), n) for other in index.query(minhash))
        index.insert(str(n), minhash)
    return found


def recall(found: Found, count: int) -> float:
    """The share of the planted copies that were found."""
    half = count // 2
    return sum((n, n + half) in found for n in range(half)) / half


def compare() -> tuple[Comparison, float, float]:
    """Both ways in turn; and the recall of each."""
    texts = make_texts(TEXTS)
    shares: dict[str, float] = {}

    folders = [tempfile.TemporaryDirectory() for _ in range(PAIRS)]
    stores = [Store(Path(folder.name) / "ours.duckdb") for folder in folders]
    for store in stores:  # making a schema is no part of what is compared
        with store.transaction():
            pass

    def ours() -> None:
        shares["ours"] = recall(find_ours(texts, stores.pop()), TEXTS)

    def theirs() -> None:
        shares["theirs"] = recall(find_theirs(texts), TEXTS)

    row = compare_pairs(
        f"near-duplicates in {TEXTS:,} texts", "datasketch MinHashLSH", ours, theirs, PAIRS
    )
    for folder in folders:
        folder.cleanup()
    if abs(shares["ours"] - shares["theirs"]) > TOLERANCE:
        raise SystemExit(f"recall differs: {shares['ours']:.3f} and {shares['theirs']:.3f}")
    return row, shares["ours"], shares["theirs"]


def growth(sizes: tuple[int, ...] = HISTORY, batch: int = BATCH) -> list[tuple[int, float]]:
    """Seconds to find whom a batch collides with, by the number of texts in the history."""
    random = np.random.default_rng(7)
    took = []
    with tempfile.TemporaryDirectory() as folder:
        store, have = Store(Path(folder) / "history.duckdb"), 0
        for size in sizes:
            with store.transaction() as connection:
                connection.execute(
                    "INSERT INTO cores SELECT 'c' || range, '', '', 0, 0, '', range "
                    "FROM range($have, $size)",
                    {"have": have, "size": size},
                )
                connection.execute(
                    "INSERT INTO core_bands SELECT hash(range, band), range "
                    f"FROM range($have, $size), range({BANDS}) AS bands(band)",
                    {"have": have, "size": size},
                )
            have = size
            new = random.integers(0, 2**63, size=batch * BANDS, dtype=np.uint64)
            took.append((size, _lookup(store, new, batch)))
    return took


def _lookup(
    store: Store, bands: "np.ndarray[tuple[int], np.dtype[np.uint64]]", batch: int
) -> float:
    import polars as pl

    ids = [f"new{n}" for n in range(batch) for _ in range(BANDS)]
    frame = pl.DataFrame({"core_id": ids, "band": bands, "figures": np.zeros_like(bands)})
    times = []
    for _ in range(3):
        start = time.perf_counter()
        with store.transaction() as connection:
            connection.register("incoming_bands", frame)
            connection.execute(sql("cluster_collisions")).fetchall()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Print both tables."""
    go_offline()
    row, ours, theirs = compare()
    low, middle, high = row.ratios
    table = Table("what", "peer", "ours s", "peer s", "ratio", "recall ours", "recall peer")
    table.add_row(
        row.what, row.peer, f"{row.ours_s:.2f}", f"{row.peer_s:.2f}",
        f"{middle:.1f} ({low:.1f}–{high:.1f})", f"{ours:.3f}", f"{theirs:.3f}",
    )  # fmt: skip
    grown = Table(f"a batch of {BATCH:,} against a history of", "seconds")
    for size, seconds in growth():
        grown.add_row(f"{size:,} texts", f"{seconds:.2f}")
    Console().print(table, grown)
    print("ratio: the peer's time over ours, median of the pairs (min to max); over 1 is faster")
    return 0


if __name__ == "__main__":
    sys.exit(main())
