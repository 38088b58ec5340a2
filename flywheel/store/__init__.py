"""The store: one DuckDB file, short transactions under a lock, named queries, migrations."""

from flywheel.store.connection import Store, connect, open_store
from flywheel.store.engine import Connection

__all__ = ["Connection", "Store", "connect", "open_store"]
