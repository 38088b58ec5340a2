"""The store: one DuckDB file, short transactions under a lock, named queries, migrations."""

from flywheel.store.connection import Store, connect, open_store

__all__ = ["Store", "connect", "open_store"]
