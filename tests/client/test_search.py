"""The nearest rows: by blocks, by an index, within a budget and unlike each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel_client import Bank, ReleaseDamaged
from flywheel_client import snapshot as snapshot_module
from flywheel_client.approximate import OpenIndex, build_index
from flywheel_client.release import VECTORS
from flywheel_client.search import scan, top, widen
from schemas.example import Example
from tests.client.releases import example, open_bank, publish
from tests.client.trigrams import Trigrams

WORDS = ("revenue", "margin", "audit", "staff", "cash", "2018", "2019", "Europe", "Asia")


def _examples(count: int, **fields: Any) -> list[Example]:
    random = np.random.default_rng(5)
    return [
        example(
            f"e{number:04}",
            " ".join(random.choice(WORDS, 4)),
            **{"feature": "qa" if number % 5 else "hr"} | fields,
        )
        for number in range(count)
    ]


def _open(tmp_path: Path, examples: Sequence[Example]) -> Bank:
    publish(tmp_path, examples)
    return open_bank(tmp_path, Trigrams())


@given(
    scores=st.lists(st.sampled_from([-np.inf, -0.5, 0.0, 0.1, 0.25, 0.9]), max_size=400),
    count=st.integers(1, 30),
)
def test_the_top_is_that_of_a_stable_sort(scores: list[float], count: int) -> None:
    """Blocks are speed: ties at the border, -inf and short lists give the same."""
    found, near = top(np.array(scores, np.float32), count)
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    assert found.tolist() == [place for place in ranked if scores[place] > -np.inf][:count]
    assert near.tolist() == np.array(scores, np.float32)[found].tolist()


@settings(deadline=None)
@given(seed=st.integers(0, 2**16), count=st.integers(1, 40))
def test_the_last_bit_of_a_sum_decides_nothing(seed: int, count: int) -> None:
    """Similarities that round to one number are equal, though only some were rounded."""
    random = np.random.default_rng(seed)
    # Crowded around a few values: many differ by less than they are rounded to.
    scores = random.choice([0.3, 0.5, 0.7], 2000) + random.normal(0, 1e-6, 2000)
    scores = scores.astype(np.float32)
    places, near = top(scores, count)
    rounded = np.round(scores, 6)
    assert places.tolist() == np.argsort(-rounded, kind="stable")[:count].tolist()
    assert near.tolist() == rounded[places].tolist()


def test_narrow_vectors_are_widened_to_length_one() -> None:
    """A similarity is a cosine, whatever precision it was stored in; nothing is divided by 0."""
    exact = np.vstack([Trigrams().embed(["What was revenue?", "Who audits?"]), np.zeros(64)])
    for kind, scale in ((np.float16, 1), (np.int8, 127)):
        wide = widen((exact * scale).astype(kind))
        assert np.linalg.norm(wide, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
        assert np.vecdot(wide, exact)[:2] == pytest.approx([1, 1], abs=1e-3)


def test_a_scan_in_chunks_is_a_dot_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mapped vectors are compared piece by piece, all of them or some."""
    monkeypatch.setattr("flywheel_client.search._CHUNK", 7)
    vectors = Trigrams().embed([f"{a} {b}" for a in WORDS for b in WORDS])
    query = vectors[3]
    rows = np.arange(2, 60, 3)
    assert scan(vectors, None, query) == pytest.approx(vectors @ query, abs=1e-6)
    assert scan(vectors, rows, query) == pytest.approx((vectors @ query)[rows], abs=1e-6)


@pytest.mark.parametrize("budget", [None, 60])
@pytest.mark.parametrize("diversity", [0.0, 0.4])
@pytest.mark.parametrize("where", [None, {"feature": "hr"}])
def test_an_index_finds_about_what_comparing_with_all_finds(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: dict[str, str] | None,
    diversity: float,
    budget: int | None,
) -> None:
    """Filter, budget, exclusion and MMR work the same where an index looks first."""
    examples = _examples(600)
    exact = _open(tmp_path / "exact", examples)
    monkeypatch.setattr("flywheel.release_files.INDEX_FROM", 1)
    monkeypatch.setattr(snapshot_module, "WIDE_ROWS", 0)
    monkeypatch.setattr(snapshot_module, "_FEW", 0)
    large = _open(tmp_path / "large", examples)
    for query in ("revenue 2019 Europe", "staff audit", "cash"):
        options: dict[str, Any] = {"where": where, "diversity": diversity, "max_tokens": budget}
        without = {f"case-e{n:04}" for n in range(0, 600, 7)}
        found = large.select(query, 8, exclude_cases=without, **options)
        wanted = exact.select(query, 8, exclude_cases=without, **options)
        assert len(found) == len(wanted)
        # An approximate index may miss one; without diversity the next best takes its place.
        assert sum(one.score for one in found) >= 0.95 * sum(one.score for one in wanted)
        assert budget is None or found.tokens <= budget
        assert where is None or {one.feature for one in found} == {"hr"}
        assert not without & {f"case-{id}" for id in found.ids}
        assert found.ids == large.select(query, 8, exclude_cases=without, **options).ids


@pytest.mark.parametrize("index_from", [1, 1000])
def test_a_mapped_release_answers_as_one_that_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index_from: int
) -> None:
    """Large files are mapped and hashed by threads: other buffers, the same examples and checks."""
    monkeypatch.setattr("flywheel.release_files.INDEX_FROM", index_from)
    monkeypatch.setattr(snapshot_module, "WIDE_ROWS", 0)
    monkeypatch.setattr(snapshot_module, "_FEW", 0)
    read = _open(tmp_path, _examples(300))
    monkeypatch.setattr("flywheel_client.release.MAP_FROM", 1)
    mapped = open_bank(tmp_path, Trigrams())
    for where in (None, {"feature": "hr"}):
        for query in ("revenue 2019 Europe", "staff audit"):
            options: dict[str, Any] = {"where": where, "max_tokens": 60, "diversity": 0.3}
            assert mapped.select(query, 8, **options) == read.select(query, 8, **options)
    assert mapped.ids == read.ids
    damaged = tmp_path / str(mapped.release) / VECTORS
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    with pytest.raises(ReleaseDamaged, match="SHA-256"):
        open_bank(tmp_path, Trigrams())


def test_a_rare_filter_behind_an_index_is_found_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """k results where k exist: too few among the index's, so all are compared."""
    monkeypatch.setattr("flywheel.release_files.INDEX_FROM", 1)
    monkeypatch.setattr(snapshot_module, "WIDE_ROWS", 0)
    monkeypatch.setattr(snapshot_module, "_FEW", 0)
    monkeypatch.setattr("flywheel_client.search._GIVE_UP", 200)
    rare = [example(f"r{n}", "Who audits the staff?", feature="rare") for n in range(4)]
    bank = _open(tmp_path, [*_examples(500), *rare])
    assert bank.select("revenue 2019", 4, {"feature": "rare"}).ids == ["r0", "r1", "r2", "r3"]


def test_an_index_of_other_vectors_is_refused() -> None:
    """Its rows would be somebody else's."""
    pages = Trigrams().embed([f"{a} {b}" for a in WORDS for b in WORDS])
    content = build_index(pages)
    with pytest.raises(ValueError, match="other vectors"):
        OpenIndex(content, 32)
    for damaged in (content[:1000], content[:-100], b"", b"x" * 2000):
        with pytest.raises(ValueError):
            OpenIndex(damaged, 64)
    found = OpenIndex(content, 64).search(pages[5], 3)
    assert 5 in found.tolist()


def test_diversity_prefers_the_unlike(tmp_path: Path) -> None:
    """Five rewordings of one question leave room for another one."""
    same = [example(f"s{n}", "What was revenue in 2019?") for n in range(5)]
    other = example("t", "What was the margin in 2019?")
    bank = _open(tmp_path, [*same, other])
    question = "What was revenue in 2019?"
    assert bank.select(question, 2).ids == ["s0", "s1"]
    assert bank.select(question, 2, diversity=0.6).ids == ["s0", "t"]
    assert bank.select(question, 6, diversity=0.6).ids[:2] == ["s0", "t"]


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 40),
    k=st.integers(1, 6),
    diversity=st.sampled_from([0.2, 0.5, 1.0]),
    seed=st.integers(0, 99),
)
def test_diversity_is_maximal_marginal_relevance(
    tmp_path_factory: pytest.TempPathFactory, count: int, k: int, diversity: float, seed: int
) -> None:
    """The textbook's loop over all pairs gives the same, as long as all are in the pool."""
    random = np.random.default_rng(seed)
    texts = [" ".join(random.choice(WORDS, 3)) for _ in range(min(count, 32))]
    bank = _open(
        tmp_path_factory.mktemp("mmr"), [example(f"e{n:02}", t) for n, t in enumerate(texts)]
    )
    vectors = Trigrams().embed(texts).astype(np.float16).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    relevance = vectors @ Trigrams().embed(["revenue 2019"])[0]
    chosen: list[int] = []
    for one in bank.select("revenue 2019", k, diversity=diversity):
        worth = [
            (1 - diversity) * relevance[n]
            - diversity * max((vectors[n] @ vectors[m] for m in chosen), default=0)
            for n in range(len(texts))
        ]
        row = int(one.id[1:])
        assert worth[row] == pytest.approx(
            max(w for n, w in enumerate(worth) if n not in chosen), abs=2e-6
        )
        chosen.append(row)
    assert len(chosen) == min(k, len(texts))


@pytest.mark.parametrize("wrong", [{"diversity": -0.1}, {"diversity": 1.1}, {"max_tokens": -1}])
def test_a_wrong_argument_is_said(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """A caller's mistake is not hidden behind an empty selection."""
    bank = _open(tmp_path, [example("a")])
    with pytest.raises(ValueError, match=next(iter(wrong))):
        bank.select("What?", **wrong)


def test_filters_that_come_and_go_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filter by user id must not make memory grow; the answers stay right."""
    monkeypatch.setattr(snapshot_module, "_SCOPES", 3)
    bank = _open(tmp_path, [example(f"e{n:02}", tags={"user": f"u{n}"}) for n in range(20)])
    for _ in range(2):
        for number in range(20):
            found = bank.select("What?", 4, {"user": f"u{number}"})
            assert found.ids == [f"e{number:02}"]
    assert bank._snapshot is not None
    assert len(bank._snapshot._scopes) == 3
    held = [one for one in bank._snapshot._scopes.values() if one.vectors is not None]
    assert sum(map(len, held)) <= len(bank)
