"""Draws the next round of cases when few of the drawn ones still wait."""

from time import monotonic
from typing import Final

from flywheel.desk.tables import Tables
from flywheel.settings import Settings
from flywheel.steps.draw import run_draw

_PAUSE_S: Final = 5.0
"""Between two looks: each counts all cases."""

_LOOK: Final = """
SELECT
    count(*) FILTER (WHERE state = 'pending' AND stratum IS NOT NULL) AS waiting,
    count(*) FILTER (WHERE state = 'pending' AND stratum IS NULL) AS undrawn,
    count(*) FILTER (WHERE stratum IS NOT NULL) AS drawn
FROM cases
"""


class Refill:
    """Keeps the queue a sample: `curate` draws the first round, the page those that follow."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._next = 0.0

    def look(self, tables: Tables) -> bool:
        """Draw a round where one is due; whether one was. Raises `StoreError`."""
        if monotonic() < self._next:
            return False
        with tables.reading() as connection:
            row = connection.execute(_LOOK).fetchone()
        self._next = monotonic() + _PAUSE_S
        low = row["waiting"] < self._settings.sampling.refill_below
        if not (low and row["undrawn"] and row["drawn"]):
            return False
        return run_draw(self._settings, only_when_low=True).round_id is not None
