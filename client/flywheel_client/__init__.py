"""Reads few-shot releases: small, fast, and never in production's way.

bank = Bank.open("s3://acme-prompts/releases")
examples = bank.select("What was revenue in 2019?", k=4, max_tokens=1500, diversity=0.3)
prompt = [system, *examples.messages(), question]
"""

from flywheel_client.bank import Bank, Where
from flywheel_client.embed import Embedder, WordLlamaEmbedder
from flywheel_client.errors import (
    BankError,
    EmbedderMismatch,
    ExtraMissing,
    ReleaseDamaged,
    ReleaseMissing,
    ReleaseTooNew,
    ReleaseUnsigned,
    StoreUnreachable,
)
from flywheel_client.selection import Example, Selection, estimate_tokens

__all__ = [
    "Bank",
    "BankError",
    "Embedder",
    "EmbedderMismatch",
    "Example",
    "ExtraMissing",
    "ReleaseDamaged",
    "ReleaseMissing",
    "ReleaseTooNew",
    "ReleaseUnsigned",
    "Selection",
    "StoreUnreachable",
    "Where",
    "WordLlamaEmbedder",
    "estimate_tokens",
]
