"""Personal data out: the scrubber, what it takes and what it gives back."""

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
