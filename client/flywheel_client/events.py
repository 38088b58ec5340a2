"""Sends events in the native format to a file or a collector: buffered, bounded, never blocking."""

import atexit
import errno
import json
import os
import threading
import time
import uuid
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

BUFFER: Final = 10_000
"""Events that may wait; one more is dropped and counted, as production is not to wait for us."""
_BATCH: Final = 500
_PAUSE_S: Final = 0.5
_TRIES: Final = 5
_EXIT_S: Final = 3.0
"""What the end of a process waits for its last events, at the most."""


def interaction_event(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An interaction with an id and a time, unless it has them already."""
    return {"type": "interaction", "id": uuid.uuid4().hex, "time": _now()} | dict(fields)


def feedback_event(interaction_id: str, signal: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A feedback event with an id and a time, unless it has them already."""
    given = {"interaction_id": interaction_id, "signal": signal} | dict(fields)
    return {"type": "feedback", "id": uuid.uuid4().hex, "time": _now()} | given


def _now() -> str:
    return datetime.now(UTC).isoformat()


class Sink(Protocol):
    """Takes lines."""

    def write(self, lines: bytes) -> None:
        """Raises any error when they were not taken, and takes them again then."""


class FileSink:
    """Appends to a file; a folder gets a file a process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._torn = False
        """Whether the last line that was written is half a line."""

    def write(self, lines: bytes) -> None:
        """In one write: lines of several processes never mix.

        Raises `OSError` when only a part of it found room. What comes next begins a line then; an
        event that comes twice is one event, by its id.
        """
        path = self._path
        if path.suffix != ".jsonl":
            path = path / f"events-{os.getpid()}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        # What users wrote, as they wrote it: for the owner's eyes only.
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        content = b"\n" + lines if self._torn else lines
        try:
            written = os.write(descriptor, content)
        finally:
            os.close(descriptor)
        if written < len(content):
            self._torn = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._torn = False


class HttpSink:
    """Posts lines to a collector; an event that comes twice is one event, by its id."""

    def __init__(self, address: str, timeout_s: float = 5.0) -> None:
        try:
            import httpx
        except ImportError:
            from flywheel_client.errors import ExtraMissing

            raise ExtraMissing(
                "events cannot be posted: pip install 'flywheel-client[http]'"
            ) from None
        self._client = httpx.Client(timeout=timeout_s)
        self._address = address

    def write(self, lines: bytes) -> None:
        """One request."""
        headers = {"content-type": "application/x-ndjson"}
        self._client.post(self._address, content=lines, headers=headers).raise_for_status()


class EventSender:
    """A bounded buffer, and a thread that empties it into a sink."""

    def __init__(self, target: str | Path, buffer: int = BUFFER) -> None:
        text = str(target)
        self._http = text if text.startswith(("http://", "https://")) else None
        self._sink: Sink = HttpSink(text) if self._http else FileSink(Path(target))
        self._size = buffer
        self._counts = {"events_queued": 0, "events_sent": 0, "events_dropped": 0}
        self._reset()
        atexit.register(_close_at_exit, weakref.ref(self))

    def _reset(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._busy = False
        self._thread: threading.Thread | None = None

    def after_fork(self) -> None:
        """The parent sends what it buffered; a connection must not be shared either."""
        self._reset()
        if self._http:
            self._sink = HttpSink(self._http)

    def metrics(self) -> dict[str, int]:
        """How many events were queued, sent and dropped."""
        with self._changed:
            return dict(self._counts)

    def put(self, event: Mapping[str, Any]) -> bool:
        """Buffer an event; false when it was dropped: no room, or no JSON."""
        try:
            line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
        except (TypeError, ValueError):
            line = b""
        with self._changed:
            if not line or self._closing or len(self._waiting) >= self._size:
                self._counts["events_dropped"] += 1
                return False
            self._waiting.append(line)
            self._counts["events_queued"] += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="flywheel-events", daemon=True
                )
                self._thread.start()
            if len(self._waiting) >= _BATCH:
                self._changed.notify_all()
        return True

    def flush(self, timeout_s: float) -> bool:
        """Wait until all so far are sent or given up; false when that takes longer."""
        with self._changed:
            self._flushing = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout_s)

    def close(self, timeout_s: float = _EXIT_S) -> None:
        """Flush, and take no more."""
        self.flush(timeout_s)
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    _flushing = False

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._due, _PAUSE_S)
                self._flushing = self._flushing and bool(self._waiting)
                if self._closing and not self._waiting:
                    return
                taken = min(_BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(taken)]
                self._busy = bool(batch)
            if batch:
                self._deliver(batch)

    def _due(self) -> bool:
        return self._closing or len(self._waiting) >= _BATCH or self._flushing

    def _deliver(self, batch: list[bytes]) -> None:
        sent = False
        for attempt in range(_TRIES):
            with suppress(Exception):  # whatever the sink has, production goes on
                self._sink.write(b"".join(batch))
                sent = True
                break
            time.sleep(0 if self._closing else 0.1 * 2**attempt)
        with self._changed:
            self._counts["events_sent" if sent else "events_dropped"] += len(batch)
            self._busy = False
            self._changed.notify_all()


def _close_at_exit(ref: "weakref.ref[EventSender]") -> None:
    sender = ref()
    if sender is not None:
        sender.close()
