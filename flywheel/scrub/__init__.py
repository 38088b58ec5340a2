"""Personal data out: the scrubber, what it takes and what it gives back."""

from typing import TYPE_CHECKING

from flywheel.late import offer

if TYPE_CHECKING:
    from flywheel.scrub.found import (
        Field,
        Found,
        FoundCount,
        Scrubbed,
        Tally,
        count_entities,
        found_counts,
        tally_found,
    )
    from flywheel.scrub.residual import RESIDUAL, find_in_name, find_residual
    from flywheel.scrub.scrubber import Scrubber, get_scrubber

__all__ = [
    "RESIDUAL",
    "Field",
    "Found",
    "FoundCount",
    "Scrubbed",
    "Scrubber",
    "Tally",
    "count_entities",
    "find_in_name",
    "find_residual",
    "found_counts",
    "get_scrubber",
    "tally_found",
]

if not TYPE_CHECKING:  # many a module needs to know what is found, and not how
    _RESIDUAL = ("RESIDUAL", "find_in_name", "find_residual")
    _SCRUBBER = ("Scrubber", "get_scrubber")
    __getattr__ = offer(
        __name__,
        **dict.fromkeys(__all__, f"{__name__}.found")
        | dict.fromkeys(_RESIDUAL, f"{__name__}.residual")
        | dict.fromkeys(_SCRUBBER, f"{__name__}.scrubber"),
    )
