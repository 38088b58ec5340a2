"""Which weights score by now: those of the code, or those fitted to decisions."""

import json

from flywheel.store import Connection, Store
from flywheel.store.sql import sql
from flywheel.weights import Fitted, weights_version
from schemas.signal import Signal


def read_fitted(connection: Connection) -> Fitted | None:
    """The fitted weights in force; None: those of the code as they are."""
    row = connection.execute(sql("current_weights")).fetchone()
    if row is None:
        return None
    factors = {Signal(name): float(factor) for name, factor in json.loads(row[1]).items()}
    return Fitted(prior=float(row[0]), factors=factors)


def fitted_in_force(store: Store) -> Fitted | None:
    """The same, for who has no transaction under way."""
    with store.transaction() as connection:
        return read_fitted(connection)


def append_weights(connection: Connection, fitted: Fitted | None, report: str | None) -> None:
    """Put weights in force from the next scoring on; None: go back to those of the code."""
    values = {
        "version": weights_version(fitted),
        "prior": None if fitted is None else fitted.prior,
        "factors": None if fitted is None else json.dumps(dict(fitted.factors)),
        "report": report,
    }
    connection.execute(sql("insert_weights"), values)
