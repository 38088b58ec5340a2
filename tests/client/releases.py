"""Publishes tiny releases into a folder, for tests of what reads them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flywheel.bank import switch, write_release
from flywheel_client import Bank, Embedder
from schemas.candidate import Target
from schemas.event import Message
from schemas.example import Example
from tests.client.trigrams import Trigrams


def example(id: str, question: str = "What was revenue?", **fields: Any) -> Example:
    """A bank example, unless `target` says otherwise."""
    values: dict[str, Any] = {
        "case_id": f"case-{id}",
        "target": Target.BANK,
        "messages": (Message(role="user", content=question),),
        "output": f"The answer of {id}.",
        "reviewer": "rosa",
        "decided_at": "2025-01-06T09:00:00+00:00",
        "candidate_id": f"c-{id}",
    }
    return Example(id=id, **values | fields)


def publish(
    releases: Path,
    examples: Sequence[Example],
    embedder: Embedder | None = None,
    parent: str | None = None,
) -> str:
    """Write a release and make it current; gives its id."""
    releases.mkdir(parents=True, exist_ok=True)
    manifest = write_release(
        releases,
        examples,
        embedder or Trigrams(),
        parent=parent,
        created_at="2025-01-06T09:00:00+00:00",
    )
    switch(releases, manifest.id)
    return manifest.id


def open_bank(path: Path, embedder: Embedder | None = None) -> Bank:
    """The bank at this release, for good; raises what is wrong with it."""
    return Bank.open(path, embedder, strict=True, refresh_s=None)
