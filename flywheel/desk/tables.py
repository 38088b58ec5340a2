"""The tables behind the review page: a mirror of the queue, leases, and decisions on their way.

DuckDB lets one process in at a time, and an ingest holds it for as long as a batch takes: pages
that asked it for each case would wait with it. Here readers never wait, and a decision costs one
fsync. Everything in it is scrubbed; all but the leases and the decisions not yet settled can be
read anew from the facts.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import local
from time import monotonic, sleep
from typing import Final

from flywheel.errors import StoreError
from flywheel.settings import Settings

Row = sqlite3.Row
VERSION: Final = 4
"""Of the tables: a mirror of another version is made anew, decisions not yet settled are kept."""

FILE: Final = "desk.sqlite"
"""In the home."""

EDITION: Final = "edition"
"""The mark of a mirror that was begun anew; the others tell how far it has come."""

_BUSY_MS: Final = 5_000
_LOOK_S: Final = 0.003
_SAID: Final = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "others write to it without a pause",
    "SQLITE_READONLY": "it may only be read",
    "SQLITE_CANTOPEN": "its folder may only be read, or is gone",
}
_MIRRORED: Final = ("cases", "texts", "marks", "tallies")
_COUNTED: Final = "state, own_state, private, target, feature, tenant, model, reason_code, signals"


def _key(row: str) -> str:
    return f"json_array({', '.join(f'{row}.{name}' for name in _COUNTED.split(', '))})"


_ADD: Final = (
    f"INSERT INTO tallies VALUES ({_key('new')}, 1) "  # noqa: S608 - names of this file
    "ON CONFLICT (key) DO UPDATE SET count = count + 1; "
)
_TAKE: Final = f"UPDATE tallies SET count = count - 1 WHERE key = {_key('old')}; "  # noqa: S608
_ON: Final = {
    "INSERT": f"BEGIN {_ADD}END",
    "DELETE": f"BEGIN {_TAKE}END",
    "UPDATE": f"WHEN {_key('old')} IS NOT {_key('new')} BEGIN {_TAKE}{_ADD}END",
}
_TRIGGERS: Final = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS tally_{event} AFTER {event} ON cases {body};"
    for event, body in _ON.items()
)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cases (
    id INTEGER PRIMARY KEY,
    candidate_id TEXT NOT NULL UNIQUE,
    cluster_id TEXT NOT NULL,
    state TEXT NOT NULL,
    target TEXT NOT NULL,
    goes_to TEXT NOT NULL,
    feature TEXT,
    tenant TEXT,
    model TEXT,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    signals TEXT NOT NULL, -- " thumbs rewrite "
    question TEXT NOT NULL, -- excerpts
    answer TEXT,
    ideal TEXT,
    day TEXT,
    time TEXT,
    proposed_at TEXT NOT NULL,
    p_good REAL,
    variants INTEGER NOT NULL,
    users INTEGER NOT NULL,
    unwritten INTEGER NOT NULL,
    reopened TEXT, -- the decision that new evidence put in doubt
    merged INTEGER NOT NULL,
    reviewers INTEGER NOT NULL,
    given INTEGER NOT NULL,
    stratum TEXT,
    probability REAL,
    population INTEGER,
    drawn_why TEXT,
    place INTEGER NOT NULL, -- when it was drawn; what was not comes last
    doubt REAL NOT NULL, -- how near P(good) is to a half: less comes first
    decision_id TEXT,
    verdict TEXT,
    reviewer TEXT,
    decided_at TEXT,
    decided_reason TEXT,
    sent_to TEXT,
    private INTEGER NOT NULL AS ( -- pending, but not for everybody
        state = 'pending' AND (sent_to IS NOT NULL OR (reviewers > 1 AND given > 0))
    ),
    because TEXT NOT NULL, -- the reason, but for why it was reopened
    own TEXT, -- its tenant's own part, see `own.py`; none: it has no tenant
    elsewhere INTEGER NOT NULL, -- reopened, and by other tenants' users alone
    own_state TEXT NOT NULL AS ( -- for who is bound to its tenant
        CASE
            WHEN NOT elsewhere OR reopened IS NOT decision_id OR sent_to IS NOT NULL THEN state
            WHEN verdict = 'reject' THEN 'rejected'
            ELSE 'approved'
        END
    ),
    view BLOB NOT NULL -- the whole candidate, compressed
);
CREATE INDEX IF NOT EXISTS cases_queue
ON cases (state, place, unwritten, doubt, candidate_id);
CREATE INDEX IF NOT EXISTS cases_private ON cases (private) WHERE private;
CREATE TABLE IF NOT EXISTS tallies ( -- how many cases a filter cannot tell apart; see `tallies.py`
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) WITHOUT ROWID;
{triggers}
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (
    question, answer, ideal, tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE IF NOT EXISTS decisions (
    decision_id TEXT PRIMARY KEY,
    candidate_id TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    verdict TEXT NOT NULL,
    decided_at TEXT NOT NULL, -- ISO 8601 in UTC with microseconds: they sort
    seq INTEGER, -- its place among the facts; none: not settled yet
    undone INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS decisions_candidate ON decisions (candidate_id, reviewer);
CREATE INDEX IF NOT EXISTS decisions_reviewer ON decisions (reviewer, decided_at);
CREATE INDEX IF NOT EXISTS decisions_unsettled ON decisions (decided_at) WHERE seq IS NULL;
CREATE TABLE IF NOT EXISTS leases (
    candidate_id TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    until REAL NOT NULL, -- seconds since the epoch
    PRIMARY KEY (candidate_id, reviewer)
);
CREATE TABLE IF NOT EXISTS requests ( -- by their Idempotency-Key; hashes, no text
    key TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    made_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS requests_made ON requests (made_at);
CREATE TABLE IF NOT EXISTS bulks ( -- what such a request about many did with each case
    key TEXT NOT NULL,
    candidate_id TEXT NOT NULL,
    refused TEXT, -- why; none: it was decided
    PRIMARY KEY (key, candidate_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
""".replace("{triggers}", _TRIGGERS)


class Tables:
    """The file, and a connection for each thread that asks."""

    def __init__(self, path: Path) -> None:
        """Make the file where there is none; raises `StoreError` when it cannot be."""
        self.path = path
        self._threads = local()
        with _told(path):
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            _prepare(self.connection)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, outside any transaction."""
        known: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if known is None:
            known = self._threads.connection = _connect(self.path)
        return known

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent look; never waits for a writer. Raises `StoreError`."""
        yield from self._transaction(lambda connection: connection.execute("BEGIN"))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when it ends. Raises `StoreError`, and then it is not."""
        yield from self._transaction(_begin_writing)

    def _transaction(
        self, begin: Callable[[sqlite3.Connection], object]
    ) -> Iterator[sqlite3.Connection]:
        with _told(self.path):
            connection = self.connection
            begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # a decision that is acknowledged survives a power cut
        "secure_delete = ON",  # what is erased is overwritten
        "temp_store = MEMORY",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _begin_writing(connection: sqlite3.Connection) -> None:
    """Take one's turn at writing.

    SQLite itself looks again after ever longer, at last 100 ms, and who came later is faster:
    beside a bulk that lets others in for 30 ms at a time, one of them waited for seconds.
    """
    until = monotonic() + _BUSY_MS / 1000
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or monotonic() >= until:
                    raise
            sleep(_LOOK_S)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def _prepare(connection: sqlite3.Connection) -> None:
    # The version within: another process may be at it, and what that has read must not go.
    _begin_writing(connection)
    try:
        [version] = connection.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            _make(connection)
        else:
            _make_anew(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _make(connection: sqlite3.Connection) -> None:
    for statement in filter(str.strip, _SCHEMA.split(";\n")):
        connection.execute(statement)


def _make_anew(connection: sqlite3.Connection) -> None:
    """Without what is mirrored; who is reading that has to begin again, and knows by the mark."""
    for table in _MIRRORED:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    _make(connection)
    connection.execute("INSERT INTO marks VALUES (?, random())", [EDITION])


def forget(tables: Tables) -> None:
    """Delete all that can be read anew; decisions that are not settled stay.

    The tables go whole: a full-text index keeps words of rows that were deleted.
    """
    with tables.writing() as connection:
        connection.execute("DELETE FROM decisions WHERE seq IS NOT NULL")
        _make_anew(connection)


def erase_desk(settings: Settings, candidate_ids: Iterable[str]) -> None:
    """Delete what is here about erased candidates, down to the bytes of the file."""
    path = settings.home / FILE
    if not path.exists():
        return
    tables = Tables(path)
    forget(tables)
    with tables.writing() as connection:
        asked = [(candidate_id,) for candidate_id in candidate_ids]
        for table in ("decisions", "leases", "bulks"):
            connection.executemany(f"DELETE FROM {table} WHERE candidate_id = ?", asked)  # noqa: S608
    overwrite(tables)


def overwrite(tables: Tables) -> None:
    """Write the file anew without what was deleted. Raises `StoreError`."""
    checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)"
    with _told(tables.path):
        for statement in (checkpoint, "VACUUM", checkpoint):
            tables.connection.execute(statement)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """A full disk or a broken file is no bug: one line, which quotes no value."""
    try:
        yield
    except sqlite3.Error as error:
        kind = getattr(error, "sqlite_errorname", type(error).__name__)
        why = f"{_SAID[kind]}, {kind}" if kind in _SAID else kind
        raise StoreError(f"{path}: nothing was written or read ({why}); try again") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be made ({error.strerror})") from None
