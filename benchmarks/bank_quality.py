"""How well the bank finds examples: by the default embedder, by others, by words (BM25), by both.

`python -m benchmarks.bank_quality` (`make eval-bank`) prints the tables of docs/client.md, on the
intents of data/eval/bank; another set: `--intents FILE`, JSONL of {text, label}. Every other
phrasing goes into the bank, the rest ask; how sure a difference is, random halves tell.
"""

import argparse
import json
import os
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.bank_onnx import OnnxEmbedder
from benchmarks.bank_pooling import Embed, poolings
from flywheel_client import WordLlamaEmbedder
from flywheel_client.embed import Vectors

INTENTS: Final = Path(__file__).resolve().parents[1] / "data" / "eval" / "bank" / "intents.toml"
HELD_OUT: Final = INTENTS.with_name("heldout.toml")
K: Final = 4
_SMOOTHING: Final = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)."""
_MIXES: Final = (0.3, 0.5)
_MODEL: Final = "text-embedding-3-small"
_DEFAULT: Final = "wordllama (default)"
_HALVES: Final = 20
"""Random splits; a phrasing's gain is its mean over those in which it asks."""
_DRAWS: Final = 2000
"""Of the bootstrap over phrasings."""
Scores = Vectors
"""Shape (queries, bank): how near each example is to each query."""
Way = Callable[["Split"], Scores]


@dataclass(frozen=True)
class Split:
    """Texts and labels of the bank, and of what is asked."""

    bank: list[str]
    bank_labels: list[str]
    queries: list[str]
    query_labels: list[str]


def read_intents(path: Path) -> list[tuple[str, str]]:
    """Text and label of each phrasing."""
    if path.suffix == ".toml":
        intents = tomllib.loads(path.read_text("utf-8"))
        return [(text, label) for label, texts in intents.items() for text in texts]
    lines = path.read_text("utf-8").splitlines()
    return [(record["text"], record["label"]) for record in map(json.loads, lines)]


def split(pairs: Sequence[tuple[str, str]]) -> Split:
    """Every other phrasing of a label into the bank."""
    seen: dict[str, int] = {}
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for text, label in pairs:
        seen[label] = seen.get(label, -1) + 1
        sides[seen[label] % 2].append((text, label))
    (bank, bank_labels), (queries, query_labels) = (zip(*side, strict=True) for side in sides)
    return Split(list(bank), list(bank_labels), list(queries), list(query_labels))


def random_split(pairs: Sequence[tuple[str, str]], seed: int) -> Split:
    """A random half of each label's phrasings into the bank."""
    order = np.random.default_rng(seed).permutation(len(pairs))
    return split([pairs[index] for index in order])


def by_vectors(embed: Embed, data: Split) -> Scores:
    """Cosine similarity."""
    scores: Scores = embed(data.queries) @ embed(data.bank).T
    return scores


def by_words(data: Split) -> Scores:
    """Okapi BM25, by bm25s."""
    import bm25s

    tokenize: Any = lambda texts: bm25s.tokenize(texts, show_progress=False)  # noqa: E731
    index = bm25s.BM25()
    index.index(tokenize(data.bank), show_progress=False)
    found, scores = index.retrieve(tokenize(data.queries), k=len(data.bank), show_progress=False)
    table = np.zeros((len(data.queries), len(data.bank)), np.float32)
    np.put_along_axis(table, found.astype(np.intp), scores.astype(np.float32), axis=1)
    return table


def fused(one: Scores, other: Scores) -> Scores:
    """Reciprocal rank fusion."""
    return sum(1 / (_SMOOTHING + _ranks(scores)) for scores in (one, other))  # type: ignore[return-value]


def mixed(vectors: Scores, words: Scores, share: float) -> Scores:
    """Similarity and BM25, each over its best of the query, weighted."""
    return (1 - share) * _of_best(vectors) + share * _of_best(words)


def _of_best(scores: Scores) -> Scores:
    best = scores.max(axis=1, keepdims=True)
    return np.divide(scores, best, out=np.zeros_like(scores), where=best > 0)


def _ranks(scores: Scores) -> Any:
    return (-scores).argsort(axis=1, kind="stable").argsort(axis=1)


def measure(data: Split, scores: Scores) -> tuple[float, float, float]:
    """Label of the nearest right; one of K right; share of K that is right."""
    right = _right(data, scores)
    return float(right[:, 0].mean()), float(right.any(axis=1).mean()), float(right.mean())


def _right(data: Split, scores: Scores) -> Any:
    order = (-scores).argsort(axis=1, kind="stable")[:, :K]
    return np.array(data.bank_labels)[order] == np.array(data.query_labels)[:, None]


def nearest_right(pairs: Sequence[tuple[str, str]], way: Way) -> dict[str, float]:
    """Of each phrasing, in how many of the random splits in which it asks its nearest is right."""
    hits: dict[str, list[bool]] = {}
    for seed in range(_HALVES):
        data = random_split(pairs, seed)
        for text, right in zip(data.queries, _right(data, way(data))[:, 0], strict=True):
            hits.setdefault(text, []).append(bool(right))
    return {text: float(np.mean(right)) for text, right in hits.items()}


def gain(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[float, float, float]:
    """By how much `one` is right more often, and its 95% interval: paired, over phrasings."""
    pairs = np.array([one[text] - other[text] for text in one])
    draws = np.random.default_rng(0).integers(len(pairs), size=(_DRAWS, len(pairs)))
    low, high = np.quantile(pairs[draws].mean(axis=1), (0.025, 0.975))
    return float(pairs.mean()), float(low), float(high)


def ways(onnx: Path | None) -> Iterator[tuple[str, Way]]:
    """Each way of finding, the default first."""
    vectors = partial(by_vectors, remembered(WordLlamaEmbedder().embed))
    yield _DEFAULT, vectors
    for name, embed in poolings():
        yield name, partial(by_vectors, remembered(embed))
    try:
        import bm25s  # noqa: F401
    except ImportError:
        print("BM25 and the hybrids are not run: bm25s is missing (make eval-bank)")
    else:
        yield "BM25", by_words
        yield "hybrid: rank fusion", lambda data: fused(vectors(data), by_words(data))
        for share in _MIXES:
            yield f"hybrid: {share:.0%} BM25", partial(_mixed, vectors, share)
    if onnx:
        yield onnx.name, partial(by_vectors, remembered(OnnxEmbedder(onnx).embed))
    if os.environ.get("OPENAI_API_KEY"):
        yield f"OpenAI {_MODEL}", partial(by_vectors, remembered(_openai))
    else:
        print(f"OpenAI {_MODEL} is not run: OPENAI_API_KEY is not set")


def _mixed(vectors: Way, share: float, data: Split) -> Scores:
    return mixed(vectors(data), by_words(data), share)


def remembered(embed: Embed) -> Embed:
    """Each text is embedded once, however many splits it is in."""
    known: dict[str, Any] = {}

    def from_known(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        return np.array([known[text] for text in texts], np.float32)

    return from_known


def _openai(texts: Sequence[str]) -> Vectors:
    from openai import OpenAI

    answer = OpenAI().embeddings.create(model=_MODEL, input=list(texts))
    return np.array([one.embedding for one in answer.data], np.float32)


def compare(pairs: Sequence[tuple[str, str]], found: Sequence[tuple[str, Way]], name: str) -> Table:
    """A row a way: its figures on the fixed split, and its gain over the first on random ones."""
    data = split(pairs)
    table = Table(
        "retrieval", "nearest", f"one of {K}", "share", "gain in nearest, 95%",
        title=f"{name}: {len(set(data.bank_labels))} intents, {len(data.bank)} in the bank, "
        f"{len(data.queries)} asked",
    )  # fmt: skip
    default = nearest_right(pairs, found[0][1])
    for label, way in found:
        more, low, high = gain(nearest_right(pairs, way), default)
        told = "" if label == _DEFAULT else f"{_short(more)} ({_short(low)}, {_short(high)})"
        figures = (f"{figure:.3f}".lstrip("0") for figure in measure(data, way(data)))
        table.add_row(label, *figures, told)
    return table


def _short(figure: float) -> str:
    return f"{figure:+.3f}".replace("0.", ".", 1)


def cost_ms(embed: Embed, texts: Sequence[str]) -> float:
    """Of one text, the median."""
    took = []
    for text in texts:
        start = time.perf_counter()
        embed([text])
        took.append(time.perf_counter() - start)
    return float(np.median(took)) * 1e3


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intents", type=Path, help="another set than the project's two")
    parser.add_argument("--onnx", type=Path, help="a folder with model.onnx and tokenizer.json")
    given = parser.parse_args()
    files = [given.intents] if given.intents else [INTENTS, HELD_OUT]
    found = list(ways(given.onnx))
    for path in files:
        Console().print(compare(read_intents(path), found, path.stem))
    texts = [text for text, _ in read_intents(files[0])]
    embedders = {_DEFAULT: WordLlamaEmbedder().embed}
    if given.onnx:
        embedders[given.onnx.name] = OnnxEmbedder(given.onnx).embed
    for name, embed in embedders.items():
        embed(texts[:1])
        print(f"{name}: {cost_ms(embed, texts):.3f} ms a query")


if __name__ == "__main__":
    main()
