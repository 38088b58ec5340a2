"""Examples in the forms that other tools read: a form a file, each tried with the real tool."""

from enum import StrEnum
from typing import TYPE_CHECKING

from flywheel.late import offer

if TYPE_CHECKING:
    from flywheel.exports.encoders import encode
else:  # the command line lists the forms; who writes one needs the examples' models
    __getattr__ = offer(__name__, encode="flywheel.exports.encoders")

__all__ = ["Form", "encode"]


class Form(StrEnum):
    """Whose form an export has."""

    JSONL = "jsonl"
    OPENAI = "openai"
    PROMPTFOO = "promptfoo"
    INSPECT = "inspect"
    DSPY = "dspy"
    HUGGINGFACE = "huggingface"
