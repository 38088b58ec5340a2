"""Near-duplicates: rensa's signatures with bands in DuckDB, against datasketch's MinHashLSH.

`python -m benchmarks.near_duplicates` (`make bench-dedupe`). Both get the same texts as words, with
the same shingles, permutations and bands, so both find the same share of the planted copies, which
is checked; time and processor time are compared pair by pair, in turn. Then it measures what a
batch costs that is compared with a growing history.
"""

import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import polars as pl
from datasketch import MinHash, MinHashLSH
from rich.console import Console
from rich.table import Table

from benchmarks.dedupe import Item, store_items
from benchmarks.timing import Comparison, Took, compare_pairs, measure
from flywheel.clusters import Core
from flywheel.copies import BANDS, ROWS, SHINGLE
from flywheel.settings import go_offline, load_settings
from flywheel.steps.cluster import CHUNK, sign, update_clusters
from flywheel.store import Store, open_store
from flywheel.store.sql import sql

TEXTS: Final = 20_000
"""Half of them are copies of the other half, cut short."""
WORDS: Final = 250
VOCABULARY: Final = [f"word{n}" for n in range(20_000)]
PAIRS: Final = 5
BATCH: Final = 5000
HISTORY: Final = (10_000, 100_000, 1_000_000)
TOLERANCE: Final = 0.01
"""How far the two shares of found copies may lie from each other."""

Found = set[tuple[int, int]]


def make_texts(count: int) -> list[list[str]]:
    """Texts of which number n + count/2 is a copy of number n, without up to its last third."""
    random = Random(7)
    originals = [random.choices(VOCABULARY, k=WORDS) for _ in range(count // 2)]
    return originals + [text[: random.randint(WORDS * 2 // 3, WORDS)] for text in originals]


def find_ours(texts: list[list[str]], store: Store) -> Found:
    """Signatures, bands and the join, in a database that is empty at first; as many texts at once
    as the step takes, which looks them up, then adds them."""
    found: Found = set()
    for start in range(0, len(texts), CHUNK):
        chunk = enumerate(texts[start : start + CHUNK], start)
        bands = sign([Core(str(n), "ask", frozenset(), tuple(text)) for n, text in chunk])
        with store.transaction() as connection:
            connection.register("incoming_bands", bands)
            pairs = connection.execute(sql("cluster_collisions")).fetchall()
            connection.execute(
                "INSERT INTO cores SELECT DISTINCT core_id, '', '', 0, 0, '', core_id::BIGINT "
                "FROM incoming_bands"
            )
            connection.execute(
                "INSERT INTO core_bands SELECT band, core_id::BIGINT FROM incoming_bands"
            )
        ids = ((int(one), int(other)) for one, other in pairs)
        found.update((min(pair), max(pair)) for pair in ids)
    return found


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


def growth(sizes: tuple[int, ...] = HISTORY, batch: int = BATCH) -> list[tuple[int, Took, Took]]:
    """What a batch costs by the number of cases in the history: looking it up, and the whole step.

    The step reads the new texts, finds their cores, signs them, looks them up, confirms, writes.
    The best of three each: new texts every time.
    """
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(Path(home))
        store, took, have, new = open_store(settings), [], 0, 0
        for size in sizes:
            _add_history(store, have, size)
            have = size
            step = []
            for _ in range(3):
                _add_batch(store, settings.key, new, batch)
                new += 1
                step.append(measure(lambda: update_clusters(store, settings)))
            took.append((size, min(_look_up(store, batch) for _ in range(3)), min(step)))
    return took


def _add_history(store: Store, have: int, size: int) -> None:
    """Cases that were compared already; texts of theirs are read only where a band is shared."""
    for statement in (
        "INSERT INTO interactions BY NAME SELECT 'h' || range AS id, now() AS time, '[]' AS "
        "messages, '[]' AS context, '' AS output, false AS consent, '[]' AS tags, md5(range::TEXT) "
        "AS case_id, '' AS content_key, '' AS batch_id FROM range($have, $size)",
        "INSERT INTO case_cores SELECT md5(range::TEXT), 'c' || range FROM range($have, $size)",
        "INSERT INTO cores SELECT 'c' || range, md5(range::TEXT), '', 0, 0, '', "
        "nextval('core_seq') FROM range($have, $size)",
        "INSERT INTO core_bands SELECT hash(range, band) >> 1, range "
        f"FROM range($have, $size), range({BANDS}) AS bands(band)",
    ):
        with store.transaction() as connection:
            connection.execute(statement, {"have": have, "size": size})


def _add_batch(store: Store, key: bytes, seed: int, batch: int) -> None:
    random = Random(seed)
    texts = [" ".join(random.choices(VOCABULARY, k=WORDS)) for _ in range(batch)]
    items = [Item("", "What was revenue in 2019?", text, "") for text in texts]
    store_items(store, list(enumerate(items, seed * batch)), key)


def _look_up(store: Store, batch: int) -> Took:
    new = np.random.default_rng().integers(0, 2**63, size=batch * BANDS, dtype=np.uint64)
    ids = [f"new{n}" for n in range(batch) for _ in range(BANDS)]
    frame = pl.DataFrame({"core_id": ids, "band": new, "figures": np.zeros_like(new)})

    def collide() -> None:
        with store.transaction() as connection:
            connection.register("incoming_bands", frame)
            connection.execute(sql("cluster_collisions")).fetchall()

    return measure(collide)


def main() -> int:
    """Print both tables."""
    go_offline()
    row, ours, theirs = compare()
    print(f"{row.what}: ours {row.ours_s:.2f} s, {row.peer} {row.peer_s:.2f} s")
    print(f"recall: ours {ours:.3f}, {row.peer} {theirs:.3f}")
    for name, (low, middle, high) in (("time", row.ratios), ("processor time", row.cpu_ratios)):
        print(
            f"{name}: {middle:.1f} times as fast ({low:.1f} to {high:.1f}, {PAIRS} pairs in turn)"
        )
    grown = Table(
        f"{BATCH:,} against a history of", "look-up s", "cpu s", "whole step s", "cpu s", "growth"
    )
    rows = growth()
    for size, look_up, step in rows:
        grown.add_row(
            f"{size:,}", f"{look_up.wall:.2f}", f"{look_up.cpu:.2f}", f"{step.wall:.2f}",
            f"{step.cpu:.2f}", f"{step.wall / rows[0][2].wall:.2f}",
        )  # fmt: skip
    Console().print(grown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
