"""How well the bank finds examples: by the default embedder, by words (BM25), and by both.

`python -m benchmarks.bank_quality` (`make eval-bank`) prints the table of docs/client.md, on the
intents of data/eval/bank; another set: `--intents FILE`, JSONL of {text, label}. Every other
phrasing goes into the bank, the rest ask.
"""

import argparse
import json
import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console
from rich.table import Table

from flywheel_client import WordLlamaEmbedder
from flywheel_client.embed import Vectors

INTENTS: Final = Path(__file__).resolve().parents[1] / "data" / "eval" / "bank" / "intents.toml"
HELD_OUT: Final = INTENTS.with_name("heldout.toml")
K: Final = 4
_SMOOTHING: Final = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009)."""
_MIXES: Final = (0.3, 0.5)
_MODEL: Final = "text-embedding-3-small"
Scores = Vectors
"""Shape (queries, bank): how near each example is to each query."""


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


def by_vectors(data: Split, embed: Callable[[Sequence[str]], Vectors]) -> Scores:
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
    order = (-scores).argsort(axis=1, kind="stable")[:, :K]
    right = np.array(data.bank_labels)[order] == np.array(data.query_labels)[:, None]
    return float(right[:, 0].mean()), float(right.any(axis=1).mean()), float(right.mean())


def retrievers(data: Split) -> Iterator[tuple[str, Scores]]:
    """Each way and its scores."""
    vectors = by_vectors(data, WordLlamaEmbedder().embed)
    yield "wordllama (the default)", vectors
    try:
        words = by_words(data)
    except ImportError:
        print("BM25 and the hybrids are not run: bm25s is missing (make eval-bank)")
    else:
        yield "BM25", words
        yield "hybrid: reciprocal rank fusion", fused(vectors, words)
        for share in _MIXES:
            yield f"hybrid: {share:.0%} BM25", mixed(vectors, words, share)
    if os.environ.get("OPENAI_API_KEY"):
        yield f"OpenAI {_MODEL}", by_vectors(data, _openai)
    else:
        print(f"OpenAI {_MODEL} is not run: OPENAI_API_KEY is not set")


def _openai(texts: Sequence[str]) -> Vectors:
    from openai import OpenAI

    answer = OpenAI().embeddings.create(model=_MODEL, input=list(texts))
    return np.array([one.embedding for one in answer.data], np.float32)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intents", type=Path, default=INTENTS)
    data = split(read_intents(parser.parse_args().intents))
    title = f"{len(set(data.bank_labels))} intents, {len(data.bank)} in the bank, "
    table = Table(
        "retrieval", "nearest right", f"one of {K} right", f"share of {K} right",
        title=f"{title}{len(data.queries)} asked",
    )  # fmt: skip
    for name, scores in retrievers(data):
        table.add_row(name, *(f"{figure:.3f}" for figure in measure(data, scores)))
    Console().print(table)


if __name__ == "__main__":
    main()
