"""Whom a pseudonym stands for, told to people here and written nowhere."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from flywheel.people import PSEUDONYM
from flywheel.review.access.sessions import Sessions
from flywheel.review.access.users import Users

_FRESH_S: Final = 2.0
"""A page names many; others come in meanwhile."""


class Shown:
    """The names of those who come in, by what stands for them in decisions."""

    def __init__(self, users: Users, sessions: Sessions, recorded: Callable[[str], str]) -> None:
        self._users = users
        self._sessions = sessions
        self._recorded = recorded
        self._known: tuple[float, dict[str, str]] = (float("-inf"), {})

    def named(self, text: str) -> str:
        """The text with names in place of the pseudonyms that are known here."""
        if not PSEUDONYM.search(text):
            return text
        known = self._read()
        return PSEUDONYM.sub(lambda found: known.get(found[0], found[0]), text)

    def _read(self) -> dict[str, str]:
        until, known = self._known
        if until <= monotonic():
            names = [user.name for user in self._users.listed()]
            names += [name for name, _ in self._sessions.guests()]
            known = {self._recorded(name): name for name in names}
            self._known = monotonic() + _FRESH_S, known
        return known
