"""A dry run: what a batch would add, told without writing a byte."""

import secrets
from dataclasses import dataclass, field

from pydantic import SecretStr

from flywheel.frame import feedback_frame, interaction_frame
from flywheel.settings import Settings
from flywheel.sources.plan import Cursor
from flywheel.steps.batch import Batch, Row, Written
from flywheel.steps.cursors import read_cursors
from flywheel.store import Store
from flywheel.store.sql import sql


@dataclass
class Rehearsal:
    """Knows what the store knows, and remembers the ids of the batches before."""

    store: Store
    _interactions: set[str] = field(default_factory=set)
    _feedback: set[str] = field(default_factory=set)

    def read_cursors(self) -> dict[str, Cursor]:
        """Where reading would go on."""
        with self.store.reading() as connection:
            return {} if connection is None else read_cursors(connection)

    def write(self, batch: Batch) -> Written:
        """What would be new of a batch."""
        known: set[str] = set()
        known_feedback: set[str] = set()
        with self.store.reading() as connection:
            if connection is not None:
                interactions = interaction_frame([row for _, row in batch.interactions])
                feedback = feedback_frame([row for _, row in batch.feedback])
                connection.register("incoming_interactions", interactions)
                connection.register("incoming_feedback", feedback)
                known, known_feedback = (
                    {id for (id,) in connection.execute(sql(name)).fetchall()}
                    for name in ("known_interactions", "known_feedback")
                )
        new = _add(self._interactions, batch.interactions, known)
        new_feedback = _add(self._feedback, batch.feedback, known_feedback)
        resent = batch.repeated + len(batch.interactions) + len(batch.feedback)
        return Written("", new, new_feedback, resent - new - new_feedback)


def _add(seen: set[str], rows: list[Row], known: set[str]) -> int:
    before = len(seen)
    seen.update(row["id"] for _, row in rows if row["id"] not in known)
    return len(seen) - before


def without_salt(settings: Settings) -> Settings:
    """Settings that do not make the home's salt where there is none yet."""
    if settings.salt is not None or (settings.home / "salt").exists():
        return settings
    return settings.model_copy(update={"salt": SecretStr(secrets.token_hex(32))})
