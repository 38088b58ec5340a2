"""Whose decisions the desk holds: who comes in goes on under the name that stands there."""

from threading import Lock
from time import monotonic
from typing import Final

from flywheel.desk.tables import Tables
from flywheel.people import People
from flywheel.settings import Settings

_FRESH_S: Final = 30.0
"""Other processes write decisions, too."""


class KnownPeople:
    """The names as they are recorded, read again now and then."""

    def __init__(self, settings: Settings, tables: Tables) -> None:
        self._settings = settings
        self._tables = tables
        self._lock = Lock()
        self._until = float("-inf")
        self._people = People(settings)

    def recorded(self, name: str) -> str:
        """What stands for this person in decisions. Raises `StoreError`."""
        with self._lock:
            if self._until <= monotonic():
                self._people = People(self._settings, self._read())
                self._until = monotonic() + _FRESH_S
            return self._people.recorded(name)

    def _read(self) -> list[str]:
        query = "SELECT reviewer FROM decisions GROUP BY reviewer ORDER BY min(decided_at)"
        with self._tables.reading() as connection:
            return [row[0] for row in connection.execute(query)]
