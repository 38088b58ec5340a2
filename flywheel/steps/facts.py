"""One hash over all facts: equal for equal events, in whatever order and files they came."""

import hashlib
import json
from typing import Final

from flywheel.store import Store
from flywheel.store.sql import sql

_QUERIES: Final = ("facts_interactions", "facts_feedback")
_ROWS: Final = 1000


def facts_hash(store: Store) -> str:
    """SHA-256, in hex, over the interactions and feedback sorted by id, without their batches."""
    digest = hashlib.sha256()
    with store.transaction() as connection:
        for name in _QUERIES:
            digest.update(name.encode())
            rows = connection.execute(sql(name))
            while some := rows.fetchmany(_ROWS):
                for row in some:
                    digest.update(json.dumps(row, default=str).encode() + b"\n")
    return digest.hexdigest()
