"""Where a test finds an object store, and how it takes it away."""

from dataclasses import dataclass

NOBODY = "127.0.0.1:9"
"""Nothing listens there."""


@dataclass(frozen=True)
class Place:
    """A store on loopback, which the environment leads to."""

    address: str
    down: dict[str, str]
    """Variables with which the same address leads to nobody."""
