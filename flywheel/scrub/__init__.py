"""Personal data out: the scrubber, what it takes and what it gives back."""

from flywheel.scrub.found import Field, Found, Scrubbed, count_entities
from flywheel.scrub.residual import RESIDUAL, find_residual
from flywheel.scrub.scrubber import Scrubber, get_scrubber

__all__ = [
    "RESIDUAL",
    "Field",
    "Found",
    "Scrubbed",
    "Scrubber",
    "count_entities",
    "find_residual",
    "get_scrubber",
]
