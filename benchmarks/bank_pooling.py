"""Other ways to make one vector of a text's token vectors, beside the default's plain mean.

Weights by frequency and common components are those of Arora, Liang and Ma (2017), "A Simple but
Tough-to-Beat Baseline for Sentence Embeddings", and Mu and Viswanath (2018), "All-but-the-Top".
Each is fixed for the vocabulary and none for a bank, so that vectors of two releases compare.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from flywheel_client.embed import Vectors, _load_wordllama

_SPECIAL: Final = 258
"""Ids up to here are bytes; those above are in the order of their merges: by frequency, roughly."""
_SIF: Final = 1e-3
"""The `a` of a / (a + p), as the paper has it."""
_COMMON: Final = 1
_POWER: Final = 0.15

Embed = Callable[[Sequence[str]], Vectors]


def poolings() -> Iterator[tuple[str, Embed]]:
    """Each way and what embeds by it."""
    tokenizer, mapped = _load_wordllama()
    weights = np.asarray(mapped, np.float32)
    ids_of = partial(_ids_of, tokenizer)
    lengths = np.linalg.norm(weights, axis=1)[:, None]
    rank = np.maximum(np.arange(len(weights)) - _SPECIAL, 1)
    frequency = 1 / (rank * np.log(len(weights)))  # Zipf's law
    yield "SIF weights", _pooled(weights * (_SIF / (_SIF + frequency))[:, None], ids_of)
    yield "Zipf weights", _pooled(weights * np.log1p(rank)[:, None], ids_of)
    yield "no common component", _pooled(_without_common(weights), ids_of)
    yield "length ** .15 weights", _pooled(weights * lengths**_POWER, ids_of)
    yield "each token once", _pooled(weights, lambda text: list(dict.fromkeys(ids_of(text))))
    yield "lower case", _pooled(weights, lambda text: ids_of(text.lower()))


def _ids_of(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def _without_common(weights: Vectors) -> Vectors:
    centred = weights - weights.mean(0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    common = directions[:, -_COMMON:]
    rest: Vectors = centred - centred @ common @ common.T
    return rest


def _pooled(weights: Vectors, ids_of: Callable[[str], list[int]]) -> Embed:
    def embed(texts: Sequence[str]) -> Vectors:
        vectors = np.array([weights[ids_of(text)].sum(0) for text in texts], np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    return embed
