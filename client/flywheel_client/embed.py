"""Text to vectors, behind a Protocol; the default carries its weights and downloads nothing."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from flywheel_client.errors import EmbedderMismatch

Vectors = npt.NDArray[np.float32]

MAX_CHARS: Final = 8192
"""Of a text, what is embedded: a longer query must not cost production its millisecond."""


class Embedder(Protocol):
    """Turns texts into vectors; two with the same name and version give the same vectors."""

    @property
    def name(self) -> str:
        """The embedder, as the manifest names it."""

    @property
    def version(self) -> str:
        """Its weights and pooling, as the manifest names them."""

    @property
    def dimensions(self) -> int:
        """The length of each vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimensions), each row of length 1, or 0 for a text without tokens."""


class WordLlamaEmbedder:
    """WordLlama's static token vectors, averaged and normalised; loads at the first use."""

    name: Final = "wordllama"
    version: Final = "l2_supercat_256"
    dimensions: Final = 256

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 256), each row of length 1, or 0 for a text without tokens."""
        model = self._model or self._load()
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        # Pooled here and not by the library: it pads a batch to its longest text, so one long
        # text would cost gigabytes. The sums are the same to the last bit.
        for row, text in enumerate(texts):
            ids = model.tokenizer.encode(text[:MAX_CHARS], add_special_tokens=False).ids
            if ids:
                vectors[row] = model.embedding[ids].mean(axis=0)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, norms, out=vectors, where=norms > 0)
        return vectors

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                model = _load_wordllama()
                model.tokenizer.no_padding()
                self._model = model
        return self._model


def _load_wordllama() -> Any:
    # Importing it calls logging.basicConfig(level=INFO), which would switch on the logs of the
    # whole application: put the root logger back as it was.
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        import wordllama
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    # Its loader looks for the tokenizer in a folder of another name unless told where it is.
    folder = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load("l2_supercat", cache_dir=folder, dim=256, disable_download=True)


def embedder_named(name: str) -> Embedder:
    """The embedder that a manifest names.

    Raises `EmbedderMismatch` for one that does not come with this package.
    """
    if name != WordLlamaEmbedder.name:
        raise EmbedderMismatch(
            f"the release was embedded by {name!r}, which does not come with flywheel-client; "
            "pass it: Bank.open(path, embedder=...)"
        )
    return _WORDLLAMA


_WORDLLAMA: Final = WordLlamaEmbedder()
"""One per process: a service that opens a bank again does not load the weights again."""
