"""The store: one DuckDB file, short transactions under a lock, named queries, migrations."""

from flywheel.store.connection import Connection, Store, connect, open_store

__all__ = ["Connection", "Store", "connect", "open_store"]
