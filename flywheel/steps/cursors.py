"""Cursors in the store: how far each source was read."""

from pathlib import Path

from flywheel.sources.files import Fingerprint
from flywheel.sources.lines import Position
from flywheel.sources.plan import Cursor, Landmark
from flywheel.store import Connection
from flywheel.store.sql import sql


def read_cursor(connection: Connection, path: Path) -> Cursor | None:
    """Where reading this source goes on; None for one that was never read."""
    return _cursors(connection, str(path)).get(str(path))


def read_cursors(connection: Connection) -> dict[str, Cursor]:
    """Where reading goes on, by path, for every source that was ever read."""
    return _cursors(connection, None)


def write_cursor(connection: Connection, path: Path, batch_id: str, cursor: Cursor) -> int:
    """Append a cursor, in the transaction of its batch; gives its number, newer is higher."""
    seen, last = cursor.seen, cursor.last
    values = {
        "batch_id": batch_id,
        "path": str(path),
        "kind": seen.kind,
        "size": seen.size,
        "head_bytes": seen.head_bytes,
        "head_sha256": seen.head_sha256,
        "next_offset": cursor.next.offset,
        "next_line": cursor.next.line,
        "finished": cursor.finished,
        "last_offset": None if last is None else last.offset,
        "last_sha256": None if last is None else last.sha256,
    }
    row = connection.execute(sql("insert_cursor"), values).fetchone()
    return int(row[0]) if row else 0


def _cursors(connection: Connection, path: str | None) -> dict[str, Cursor]:
    rows = connection.execute(sql("current_cursors"), {"path": path}).fetchall()
    return {
        name: Cursor(
            Fingerprint(*seen),
            Position(offset, line),
            finished,
            seq,
            None if last_sha256 is None else Landmark(last_offset, last_sha256),
        )
        for name, *seen, offset, line, finished, seq, last_offset, last_sha256 in rows
    }
