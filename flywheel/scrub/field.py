"""Which part of an event a text is."""

from typing import Literal

Field = Literal["messages", "output", "context", "comment", "correction", "tags", "reason", "label"]
"""Which part of an event a text is; `context` documents and labels keep names of their own."""
