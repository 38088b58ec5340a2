"""Writes the database anew, so that what was deleted is in no byte of its files."""

import os
import shutil
from pathlib import Path

from flywheel.durable import sync_file, sync_folder
from flywheel.store.connection import Store, connect
from flywheel.store.engine import attach, remove, remove_logs, start_engine
from flywheel.store.sql import sql


def compact(store: Store) -> None:
    """Copy what stands into a new file, sync it and put it in the old one's place.

    DuckDB marks freed blocks for reuse and leaves their bytes; only a copy is free of them.
    Killed in between, the old file stands whole: call again. Raises `StoreError` as `Store.turn`.
    """
    with store.turn():
        with connect(store.path) as connection:  # replays and empties the write-ahead log
            connection.execute("FORCE CHECKPOINT")
        fresh = store.path.with_name(f"{store.path.name}.fresh")
        remove(fresh)
        _copy(store.path, fresh)
        shutil.copymode(store.path, fresh)
        sync_file(fresh)
        remove_logs(store.path)
        os.replace(fresh, store.path)
        sync_folder(store.path.parent)


def _copy(old: Path, new: Path) -> None:
    with start_engine(old) as connection:
        attach(connection, old, "old", read_only=True)
        attach(connection, new, "fresh")
        connection.execute(sql("copy_database"))
        connection.execute("DETACH fresh")
