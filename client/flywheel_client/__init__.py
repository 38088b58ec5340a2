"""Reads few-shot releases: small, fast, and never in production's way.

bank = Bank.open("data/run/releases")
examples = bank.select("What was revenue in 2019?", k=4, max_tokens=1500)
prompt = [system, *examples.messages(), question]
"""

from flywheel_client.bank import Bank, Where
from flywheel_client.embed import Embedder, WordLlamaEmbedder
from flywheel_client.errors import (
    BankError,
    EmbedderMismatch,
    ReleaseDamaged,
    ReleaseMissing,
    ReleaseTooNew,
)
from flywheel_client.selection import Example, Selection, estimate_tokens

__all__ = [
    "Bank",
    "BankError",
    "Embedder",
    "EmbedderMismatch",
    "Example",
    "ReleaseDamaged",
    "ReleaseMissing",
    "ReleaseTooNew",
    "Selection",
    "Where",
    "WordLlamaEmbedder",
    "estimate_tokens",
]
