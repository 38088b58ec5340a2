"""Which file writes which form."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from flywheel.exports import Form, dspy, huggingface, inspect, jsonl, openai, promptfoo
from schemas.example import Example

Encode = Callable[[Sequence[Example]], Iterable[bytes]]

_ENCODERS: Final[dict[Form, Encode]] = {
    Form.JSONL: jsonl.encode,
    Form.OPENAI: openai.encode,
    Form.PROMPTFOO: promptfoo.encode,
    Form.INSPECT: inspect.encode,
    Form.DSPY: dspy.encode,
    Form.HUGGINGFACE: huggingface.encode,
}


def encode(examples: Sequence[Example], form: Form) -> Iterable[bytes]:
    """The bytes of the file, in pieces: lines, or one whole Parquet file for Hugging Face."""
    return _ENCODERS[form](examples)
