"""Whom a short form of a name means: "Ms Simpson" after "Nicholas Simpson"."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from flywheel.scrub.names import plain
from flywheel.scrub.placeholders import Meant, normalise

Name = Sequence[str]
"""The words of a name without titles and suffixes."""


def whom(names: Collection[Name], values: Collection[str]) -> Meant:
    """Who is meant by a name among texts where `names` stand, written as `values`.

    A family name alone, or with an initial, means the one full name that ends in it. With two that
    do, or a Mr and a Ms of one name, nobody can tell: then it keeps a placeholder of its own.
    """
    full: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if len(name) > 1 and len(plain(name[0])) > 1:
            full[plain(name[-1])].add(" ".join(map(plain, name)))
    titled: dict[str, set[str]] = defaultdict(set)
    for value in values:
        title, _, family = normalise("PERSON", value).rpartition(" ")
        if title in ("mr", "ms"):
            titled[family].add(f"{title} {family}")

    def meant(value: str) -> str:
        given, _, family = normalise("PERSON", value).rpartition(" ")
        fitting = _fitting(given, full.get(family, set()))
        if fitting is None or len(titled[family]) > 1:
            return value
        if len(fitting) == 1:
            return next(iter(fitting))
        alone = not given and not full.get(family)
        return next(iter(titled[family]), value) if alone else value

    return meant


def _fitting(given: str, full: set[str]) -> set[str] | None:
    """The full names that a short form can stand for; None for one that is no short form."""
    if given in ("", "mr", "ms"):
        return full
    if len(given) == 1:
        return {name for name in full if name.startswith(given)}
    return None
