"""A transformer in ONNX, as sentence-transformers publishes them: what it buys, what it costs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from flywheel_client.embed import Vectors

_TOKENS: Final = 256
"""Where such models cut a text."""


class OnnxEmbedder:
    """`model.onnx` and `tokenizer.json` of a folder; mean of the last layer, one thread."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options)
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One text at a time, as production asks."""
        vectors = np.array([self._states(text).mean(0) for text in texts], np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _states(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        known = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        states: Vectors = self._session.run(None, {name: known[name] for name in self._inputs})[0][
            0
        ]
        return states
