"""Seeds of the simulation: invented names and phrases as data, and repeatable chance."""

import tomllib
from functools import cache
from random import Random
from typing import Any, Final

from flywheel.settings import PROJECT

FOLDER: Final = PROJECT / "data" / "demo"


@cache
def seeds(name: str) -> dict[str, Any]:
    """The content of `data/demo/NAME.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def chance(seed: int, name: str) -> Random:
    """A stream of chance of its own: drawing more from one leaves the others as they were."""
    return Random(f"{seed}/{name}")  # noqa: S311 - a simulation must repeat, not surprise
