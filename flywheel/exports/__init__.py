"""Examples in the forms that other tools read: a form a file, each tried with the real tool."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from flywheel.exports import dspy, huggingface, inspect, jsonl, openai, promptfoo
from schemas.example import Example


class Form(StrEnum):
    """Whose form an export has."""

    JSONL = "jsonl"
    OPENAI = "openai"
    PROMPTFOO = "promptfoo"
    INSPECT = "inspect"
    DSPY = "dspy"
    HUGGINGFACE = "huggingface"


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
