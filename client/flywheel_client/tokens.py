"""How many tokens an example costs: counted with the model's tokenizer where it is at hand."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flywheel_client.selection import text_of

CountTokens = Callable[[str], int]
"""The tokens of one text."""

PER_MESSAGE: Final = 4
"""What OpenAI's chat format adds to each message: its role and the marks around it."""

_SOURCES: Final = {
    encoding: f"https://openaipublic.blob.core.windows.net/encodings/{encoding}.tiktoken"
    for encoding in ("o200k_base", "cl100k_base")
}
"""tiktoken names a cached file after the address that it came from."""


def count_messages(count: CountTokens, messages: Sequence[Mapping[str, Any]]) -> int:
    """The tokens of chat messages."""
    return sum(count(text_of(message)) + PER_MESSAGE for message in messages)


def tokenizer_of(model: str) -> CountTokens | None:
    """tiktoken's count for a model; none when tiktoken or its data is not at hand.

    tiktoken would fetch missing data from the network, in the middle of a request: so this looks
    first whether it lies where tiktoken keeps it (`TIKTOKEN_CACHE_DIR`).
    """
    try:
        import tiktoken
    except ImportError:
        return None
    try:
        name = tiktoken.encoding_name_for_model(model)
    except KeyError:
        return None
    if name not in _SOURCES or not _cached(_SOURCES[name]).exists():
        return None
    encoding = tiktoken.get_encoding(name)
    return lambda text: len(encoding.encode_ordinary(text))


def _cached(source: str) -> Path:
    folder = (
        os.environ.get("TIKTOKEN_CACHE_DIR")
        or os.environ.get("DATA_GYM_CACHE_DIR")
        or os.path.join(tempfile.gettempdir(), "data-gym-cache")
    )
    return Path(folder) / hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()
