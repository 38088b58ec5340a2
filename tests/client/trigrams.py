"""A tiny real embedder: hashed character trigrams. Like texts get like vectors, at once."""

import zlib
from collections.abc import Sequence

import numpy as np

from flywheel_client.embed import Vectors


class Trigrams:
    """Counts of character trigrams in `dimensions` buckets, normalised."""

    name = "trigrams"

    def __init__(self, version: str = "1", dimensions: int = 64) -> None:
        self.version = version
        self.dimensions = dimensions
        self.embedded: list[str] = []
        """Every text that was asked for."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimensions)."""
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for start in range(len(text) - 2):
                bucket = zlib.crc32(f"{self.version}{text[start : start + 3]}".encode())
                vectors[row, bucket % self.dimensions] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors
