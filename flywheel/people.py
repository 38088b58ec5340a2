"""Under which name a person's decisions are recorded, whoever decides or is sent a case.

A name stands in releases and in the audit, so an address, a number, is none: in its place stands a
keyed pseudonym, always the same one. And one person is one name, however it is spelled.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from flywheel.pseudonym import keyed_hash
from flywheel.scrub import find_in_name
from flywheel.settings import Settings

PSEUDONYM: Final = re.compile(r"person-[0-9a-f]{16}")


def fold(name: str) -> str:
    """Equal for names that are one person's: in whatever case, composed or not."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.strip()).casefold())


class People:
    """Names as they are recorded; those that stand in decisions already stay as they are."""

    def __init__(self, settings: Settings, known: Iterable[str] = ()) -> None:
        """`known`: the names in decisions, the oldest first: of two spellings that one counts."""
        self._key = settings.key
        self._allow = settings.scrub.allow
        self._known: dict[str, str] = {}
        for name in known:
            self._known.setdefault(fold(name), name)

    def recorded(self, name: str) -> str:
        """What stands for this person in decisions.

        `FLYWHEEL_SCRUB__ALLOW` lets addresses be names: `*@example.com`.
        """
        known = self._known.get(fold(name))
        if known is not None:
            return known
        made = self.pseudonym_of(name) or unicodedata.normalize("NFC", name.strip())
        return self._known.setdefault(fold(name), made)

    def pseudonym_of(self, name: str) -> str | None:
        """What stands in place of an address, whatever stands in decisions; None for a name."""
        if not find_in_name(name, self._allow):
            return None
        return f"person-{keyed_hash(self._key, 'person', fold(name), size=8)}"
