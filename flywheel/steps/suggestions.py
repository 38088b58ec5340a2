"""Reads what users put in place of the answers to a case: corrections and edits.

Several tenants may have asked it: what one's users wrote is proposed to no other.
"""

from collections import defaultdict
from collections.abc import Sequence

from flywheel.curate import Suggestion
from flywheel.store import Connection
from flywheel.store.sql import sql
from schemas.signal import Signal


def read_suggestions(
    connection: Connection, case_ids: Sequence[str]
) -> defaultdict[tuple[str, str | None], list[Suggestion]]:
    """By case and tenant; only those to whose use the interaction's user consented."""
    found = defaultdict[tuple[str, str | None], list[Suggestion]](list)
    for case_id, tenant, id, time, signal, user, text in connection.execute(
        sql("read_suggestions"), {"case_ids": list(case_ids)}
    ).fetchall():
        found[case_id, tenant].append(Suggestion(id, time, Signal(signal), user, text))
    return found
