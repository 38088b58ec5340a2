"""Near-duplicates: rensa's signatures with bands in DuckDB, against datasketch's MinHashLSH.

`python -m benchmarks.near_duplicates` (`make bench-dedupe`). Both get the same texts as words, with
the same shingles, permutations and bands, so both find the same share of the planted copies, which
is checked; time and processor time are compared pair by pair, in turn. Then it measures what a
batch costs that is compared with a growing history.
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from datasketch import MinHash, MinHashLSH
from rich.console import Console
from rich.table import Table

from benchmarks.dedupe import Item, store_items
from benchmarks.timing import Comparison, Took, compare_pairs, measure
from flywheel.clusters import Core
from flywheel.copies import BANDS, ROWS, SHINGLE
from flywheel.settings import Settings, go_offline, load_settings
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


class Growth(NamedTuple):
    """What a batch costs against a history of some size."""

    size: int
    look_up: Took
    """Whom its bands collide with, alone."""
    step: Took
    """All: read the new texts, find their cores, sign, look up, confirm, write."""
    ratio: Took
    """The step's cost over that against the smallest history: a median of rounds."""


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


def growth(sizes: tuple[int, ...] = HISTORY, batch: int = BATCH) -> list[Growth]:
    """What a batch costs by the number of cases in the history.

    Three batches of new texts each, the histories in turn; the median of them.
    """
    with ExitStack() as stack:
        homes = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in sizes]
        settings = [load_settings(Path(home)) for home in homes]
        stores = [open_store(one) for one in settings]
        for store, size in zip(stores, sizes, strict=True):
            _add_history(store, size)
        rounds = [
            [_measure_batch(*one, seed, batch) for one in zip(stores, settings, strict=True)]
            for seed in range(3)
        ]
    rows = []
    for place, size in enumerate(sizes):
        look_ups, steps = zip(*(one[place] for one in rounds), strict=True)
        walls = [one[place][1].wall / one[0][1].wall for one in rounds]
        cpus = [one[place][1].cpu / one[0][1].cpu for one in rounds]
        ratios = Took(median(walls), median(cpus))
        rows.append(Growth(size, sorted(look_ups)[1], sorted(steps)[1], ratios))
    return rows


def _measure_batch(store: Store, settings: Settings, seed: int, batch: int) -> tuple[Took, Took]:
    _add_batch(store, settings.key, seed, batch)
    return _look_up(store, batch), measure(lambda: update_clusters(store, settings))


def _add_history(store: Store, size: int) -> None:
    """Cases that were compared already; texts of theirs are read only where a band is shared."""
    for statement in (
        "INSERT INTO interactions BY NAME SELECT 'h' || range AS id, now() AS time, '[]' AS "
        "messages, '[]' AS context, '' AS output, false AS consent, '[]' AS tags, md5(range::TEXT) "
        "AS case_id, '' AS content_key, '' AS batch_id FROM range($size)",
        "INSERT INTO case_cores SELECT md5(range::TEXT), 'c' || range FROM range($size)",
        "INSERT INTO cores SELECT 'c' || range, md5(range::TEXT), '', 0, 0, '', "
        "nextval('core_seq') FROM range($size)",
        "INSERT INTO core_bands SELECT hash(range, band) >> 1, range "
        f"FROM range($size), range({BANDS}) AS bands(band)",
    ):
        with store.transaction() as connection:
            connection.execute(statement, {"size": size})


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
    found, ours, theirs = compare()
    print(f"{found.what}: ours {found.ours_s:.2f} s, {found.peer} {found.peer_s:.2f} s")
    print(f"recall: ours {ours:.3f}, {found.peer} {theirs:.3f}")
    for name, spread in (("time", found.ratios), ("processor time", found.cpu_ratios)):
        low, middle, high = spread
        print(
            f"{name}: {middle:.1f} times as fast ({low:.1f} to {high:.1f}, {PAIRS} pairs in turn)"
        )
    grown = Table(
        f"{BATCH:,} against", "look-up s", "cpu s", "whole step s", "cpu s", "growth", "in cpu"
    )
    for row in growth():
        figures = (*row.look_up, *row.step, *row.ratio)
        grown.add_row(f"{row.size:,}", *(f"{figure:.2f}" for figure in figures))
    Console().print(grown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
