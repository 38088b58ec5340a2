"""Text to vectors, behind a Protocol; the default carries its weights and downloads nothing."""

import importlib.util
import json
import mmap
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from flywheel_client.errors import EmbedderMismatch

if TYPE_CHECKING:  # importing the client costs an application nothing until it opens a bank
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]
else:
    Vectors = "numpy.typing.NDArray[numpy.float32]"

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
        self._model: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, 256), each row of length 1, or 0 for a text without tokens."""
        import numpy as np

        tokenizer, weights = self._model or self._load()
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        # Pooled here and not by the library: it pads a batch to its longest text, so one long
        # text would cost gigabytes. The sums are the same to the last bit.
        for row, text in enumerate(texts):
            ids = tokenizer.encode(text[:MAX_CHARS], add_special_tokens=False).ids
            if ids:
                np.add.reduce(weights[ids], 0, np.float32, vectors[row])
                vectors[row] /= len(ids)
        norms = np.sqrt(np.add.reduce(vectors * vectors, 1, keepdims=True))
        norms[norms == 0] = 1
        vectors /= norms
        return vectors

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._model is None:
                self._model = _load_wordllama()
        return self._model

    def reset_lock(self) -> None:
        """For a forked process, in which another thread's lock would stay locked for ever."""
        self._lock = threading.Lock()


def _load_wordllama() -> tuple[Any, Any]:
    """The tokenizer, and the weights as they are mapped from the package: shared by processes.

    The package's files are read and its code is not imported: that takes longer than all else
    together, and calls logging.basicConfig(level=INFO) on the application that imports it.
    """
    import numpy as np
    from tokenizers import Tokenizer

    spec = importlib.util.find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderMismatch("wordllama is not installed: pip install flywheel-client")
    folder = Path(spec.submodule_search_locations[0])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with (folder / "weights/l2_supercat_256.safetensors").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    # The safetensors format: the header's length in 8 bytes, the header in JSON, the numbers.
    head = 8 + int.from_bytes(mapped[:8], "little")
    about = json.loads(mapped[8:head])["embedding.weight"]
    if about["dtype"] != "F16":
        raise EmbedderMismatch(f"wordllama's weights are {about['dtype']}, F16 is needed")
    start, end = about["data_offsets"]
    numbers = np.frombuffer(mapped, "<f2", (end - start) // 2, head + start)
    return tokenizer, numbers.reshape(about["shape"])


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
