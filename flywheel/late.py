"""Names that a package offers, and imports when somebody asks for them, not before."""

import sys
from collections.abc import Callable
from importlib import import_module


def offer(package: str, **homes: str) -> Callable[[str], object]:
    """The `__getattr__` of a package (PEP 562): names and the modules where they stand.

    Without it whoever needs one light module of the package pays for all that its `__init__`
    imports: the command line starts slowly. Type checkers read the package's TYPE_CHECKING block.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)  # found at once from now on
        return value

    return find
