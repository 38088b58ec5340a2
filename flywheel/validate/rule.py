"""An expectation as data."""

from typing import Any, NamedTuple


class Rule(NamedTuple):
    """One expectation, before Great Expectations is imported."""

    type: str
    column: str
    bounds: dict[str, Any]

    @property
    def name(self) -> str:
        """What a quarantined row gives as its reason."""
        return f"{self.type}({self.column})"
