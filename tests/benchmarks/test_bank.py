"""The bank's benchmarks do the same work on every side, and print what the docs show."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from benchmarks import bank, bank_pooling, bank_quality
from benchmarks.bank_corpus import examples, questions
from flywheel_client import Bank


def test_the_corpus_is_always_the_same() -> None:
    """Another run measures the same thing; more examples begin like fewer."""
    assert list(questions(50)) == list(questions(90))[:50]
    assert len(set(questions(500))) > 490
    assert [one.id for one in examples(3)] == ["e00000000", "e00000001", "e00000002"]


def test_every_way_answers_and_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours with everything on and off, and the plain dot product, which agrees on the nearest."""
    monkeypatch.setattr(bank, "QUERIES", 30)
    releases = bank.release_of(200, tmp_path)
    assert bank.release_of(200, tmp_path) == releases, "the second time it is there"
    opened = Bank.open(releases, strict=True, refresh_s=None)
    (name, dot), *_ = bank.peers(bank._vectors(opened), bank.WordLlamaEmbedder())
    assert name.startswith("numpy")
    question = next(questions(1, seed=2))
    assert [f"e{row:08d}" for row in dot(question)] == opened.select(question, bank.K).ids
    table = bank.compare(200, tmp_path)
    assert table.row_count >= 4
    assert bank.recall(opened, list(questions(5, seed=2)), bank.WHERE) == 1


def test_threads_share_the_queries_between_them() -> None:
    """Each query is asked once, by whichever thread."""
    asked: list[str] = []
    assert bank.rate_of(3, asked.append, ["a", "b", "c", "d"]) > 0
    assert sorted(asked) == ["a", "b", "c", "d"]


def test_processes_share_them_too(tmp_path: Path) -> None:
    """Each asks in a fork, and in no other."""

    def ask(query: str) -> None:
        with (tmp_path / query).open("a") as file:
            file.write(f"{os.getpid()}\n")

    assert bank.rate_of(2, ask, ["a", "b", "c", "d"], apart=True) > 0
    pids = {path.name: path.read_text().split() for path in tmp_path.iterdir()}
    assert sorted(pids) == ["a", "b", "c", "d"] and all(len(once) == 1 for once in pids.values())
    assert pids["a"] == pids["c"] != pids["b"] == pids["d"] and str(os.getpid()) not in pids["a"]


def test_each_label_is_split_in_halves() -> None:
    """No phrasing is on both sides."""
    data = bank_quality.split(bank_quality.read_intents(bank_quality.INTENTS))
    assert len(data.bank) == len(data.queries) == 140
    assert not set(data.bank) & set(data.queries)
    assert set(data.bank_labels) == set(data.query_labels)


def test_the_held_out_intents_stay_as_they_were_written() -> None:
    """Before anything was tuned, and apart from what it is tuned on."""
    pairs = bank_quality.read_intents(bank_quality.HELD_OUT)
    assert sha256(bank_quality.HELD_OUT.read_bytes()).hexdigest()[:12] == "d4f188f060d3"
    assert (len(pairs), len({label for _, label in pairs})) == (288, 36)
    assert not {pair[0] for pair in pairs} & {
        pair[0] for pair in bank_quality.read_intents(bank_quality.INTENTS)
    }


def test_quality_is_measured_by_label() -> None:
    """The nearest, one of four, and the share of four."""
    import numpy as np

    data = bank_quality.Split(["a", "b", "c", "d"], list("xxyy"), ["q", "r"], ["x", "y"])
    scores = np.array([[0.1, 0.9, 0.2, 0.3], [0.9, 0.8, 0.7, 0.6]], np.float32)
    assert bank_quality.measure(data, scores) == (0.5, 1, 0.5)
    assert bank_quality.fused(scores, scores).argmax(axis=1).tolist() == [1, 0]
    assert bank_quality.mixed(scores, scores, 0.3).argmax(axis=1).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("intents", "figures"),
    [
        (bank_quality.INTENTS, (0.400, 0.750, 0.318)),
        (bank_quality.HELD_OUT, (0.306, 0.618, 0.245)),
    ],
    ids=["own", "held out"],
)
def test_the_default_embedder_finds_intents(
    intents: Path, figures: tuple[float, float, float]
) -> None:
    """The figures of docs/client.md stand."""
    data = bank_quality.split(bank_quality.read_intents(intents))
    scores = bank_quality.by_vectors(bank_quality.WordLlamaEmbedder().embed, data)
    assert bank_quality.measure(data, scores) == pytest.approx(figures, abs=0.01)


def test_a_gain_is_paired_and_says_how_sure_it_is() -> None:
    """A way against itself gains nothing; one that is right more often, more than nothing."""
    ours = {f"text {index}": float(index % 2) for index in range(200)}
    better = {text: 1.0 for text in ours}
    assert bank_quality.gain(ours, ours) == (0, 0, 0)
    more, low, high = bank_quality.gain(better, ours)
    assert (more, bank_quality.gain(ours, better)[0]) == (0.5, -0.5)
    assert 0.4 < low < 0.5 < high < 0.6


def test_random_splits_differ_and_are_the_same_again() -> None:
    """Each has half of every label's phrasings; a figure can be printed again."""
    pairs = bank_quality.read_intents(bank_quality.HELD_OUT)
    one, again, other = (bank_quality.random_split(pairs, seed) for seed in (1, 1, 2))
    assert one == again
    assert set(one.bank) != set(other.bank)
    assert set(one.bank) | set(one.queries) == {text for text, _ in pairs}
    assert {one.bank_labels.count(label) for _, label in pairs} == {4}


def test_other_poolings_are_of_the_same_tokens() -> None:
    """Unit vectors of the same model: what differs is only how much each token counts."""
    default = bank_quality.WordLlamaEmbedder().embed(["money back"])[0]
    found = {name: embed(["money back"])[0] for name, embed in bank_pooling.poolings()}
    assert len(found) == 6
    for name, vector in found.items():
        assert float(vector @ vector) == pytest.approx(1, abs=1e-5), name
        assert 0.7 < float(vector @ default) < 1.0001, name
    assert found["each token once"] == pytest.approx(default, abs=1e-3)
    assert found["SIF weights"] != pytest.approx(default, abs=1e-3)
