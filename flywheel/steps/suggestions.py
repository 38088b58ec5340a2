"""Reads what users put in place of the answers to a case: corrections and edits."""

from collections import defaultdict
from collections.abc import Sequence

from flywheel.curate import Suggestion
from flywheel.store import Connection
from flywheel.store.sql import sql
from schemas.signal import Signal


def read_suggestions(
    connection: Connection, case_ids: Sequence[str], tenant: str | None = None
) -> defaultdict[str, list[Suggestion]]:
    """By case; only those to whose use the interaction's user consented.

    Of one tenant's users; None: of all.
    """
    found: defaultdict[str, list[Suggestion]] = defaultdict(list)
    for case_id, id, time, signal, user, text, of in connection.execute(
        sql("read_suggestions"), {"case_ids": list(case_ids), "tenant": tenant}
    ).fetchall():
        found[case_id].append(Suggestion(id, time, Signal(signal), user, text, of))
    return found
