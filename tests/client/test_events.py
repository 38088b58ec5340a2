"""What an application sends back: buffered, bounded, never in its way."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from flywheel_client import Bank
from flywheel_client.events import EventSender, FileSink
from schemas.event import Feedback, Interaction


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _interaction(number: int = 1) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"Question {number} — ü?"}]
    return {"messages": messages, "output": "Answer.", "few_shot": {"release": "r", "ids": ["a"]}}


def test_events_are_what_ingest_reads(tmp_path: Path) -> None:
    """Native format, with an id and a time, in a file for its owner's eyes only."""
    path = tmp_path / "events.jsonl"
    with Bank.open(tmp_path / "releases", events=path, refresh_s=None) as bank:
        answer = bank.interaction(**_interaction(), feature="qa")
        thumb = bank.feedback(answer, "thumbs", value=1, id="f-1")
        assert bank.flush()
    assert thumb == "f-1"
    events = _lines(path)
    assert [(event["type"], event["id"]) for event in events] == [
        ("interaction", answer),
        ("feedback", "f-1"),
    ]
    lines = path.read_bytes().splitlines()
    assert Interaction.model_validate_json(lines[0]).few_shot is not None
    assert Feedback.model_validate_json(lines[1]).value == 1
    assert events[1]["interaction_id"] == answer
    assert path.stat().st_mode & 0o077 == 0
    assert bank.metrics() | {"events_sent": 2, "events_dropped": 0} == bank.metrics()


def test_a_folder_gets_a_file_a_process(tmp_path: Path) -> None:
    """So that several workers may share one setting, and ingest reads the folder."""
    sender = EventSender(tmp_path / "inbox")
    for number in range(1200):
        sender.put(_interaction(number))
    assert sender.flush(30)
    sender.close()
    (path,) = (tmp_path / "inbox").iterdir()
    assert [event["messages"][0]["content"] for event in _lines(path)] == [
        f"Question {number} — ü?" for number in range(1200)
    ]


def test_without_events_nothing_is_sent(tmp_path: Path) -> None:
    """The ids are given all the same: an application need not ask whether it is configured."""
    bank = Bank.open(tmp_path, refresh_s=None)
    assert bank.feedback(bank.interaction(**_interaction()), "copy")
    assert bank.flush()
    assert list(tmp_path.iterdir()) == []


class _Stuck:
    """A sink that takes nothing until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.lines = 0

    def write(self, lines: bytes) -> None:
        self.free.wait()
        self.lines += lines.count(b"\n")


def test_what_does_not_fit_is_dropped_and_counted(tmp_path: Path) -> None:
    """A sink that hangs costs events, never a request."""
    sender = EventSender(tmp_path, buffer=10)
    sink = sender._sink = _Stuck()
    taken = sum(sender.put({"n": n}) for n in range(1000))
    assert 10 <= taken <= 1000
    assert sender.metrics()["events_dropped"] == 1000 - taken > 0
    assert not sender.flush(0.05)
    sink.free.set()
    assert sender.flush(30)
    assert sink.lines == taken == sender.metrics()["events_sent"]
    assert not sender.put({"no": object()}), "no JSON"
    sender.close()
    assert not sender.put({"n": 1}), "closed"


def test_a_sink_that_fails_for_good_is_given_up(tmp_path: Path) -> None:
    """Counted as dropped; the thread lives on."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    sender = EventSender(blocked / "below")
    sender.put({"n": 1})
    assert sender.flush(30)
    assert sender.metrics() == {"events_queued": 1, "events_sent": 0, "events_dropped": 1}
    sender._sink = FileSink(tmp_path / "works.jsonl")
    sender.put({"n": 2})
    assert sender.flush(30)
    assert _lines(tmp_path / "works.jsonl") == [{"n": 2}]
    sender.close()


_FULL_DISK = r"""
import resource, sys
from pathlib import Path
from flywheel_client.events import FileSink

sink, limit = FileSink(Path(sys.argv[1])), resource.RLIMIT_FSIZE
most = resource.getrlimit(limit)[1]
sink.write(b'{"n": 1}\n')
resource.setrlimit(limit, (25, most))
try:
    sink.write(b'{"n": 2}\n{"n": 3}\n')
except OSError:
    print("refused")
resource.setrlimit(limit, (most, most))
sink.write(b'{"n": 2}\n{"n": 3}\n')
sink.write(b'{"n": 4}\n')
"""


def test_a_disk_that_fills_loses_nothing_that_is_called_sent(tmp_path: Path) -> None:
    """What found room in part is written again, and the torn line spoils no other."""
    path = tmp_path / "events.jsonl"
    command = [sys.executable, "-c", _FULL_DISK, str(path)]
    assert subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout == b"refused\n"
    lines = path.read_text().splitlines()
    whole = [f'{{"n": {n}}}' for n in (1, 2, 2, 3, 4)]
    assert lines == [*whole[:2], '{"n": 3', *whole[2:]]


class _Collector(BaseHTTPRequestHandler):
    """Fails once, then takes everything."""

    answers: list[int]
    bodies: list[bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.answers.pop(0) if self.answers else 202
        if status == 202:
            self.bodies.append(body)
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[str, type[_Collector]]]:
    """A collector on loopback."""

    class Handler(_Collector):
        answers = [503]  # noqa: RUF012  of this one server
        bodies: list[bytes] = []  # noqa: RUF012

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/events", Handler
        server.shutdown()
        thread.join()


def test_a_collector_gets_them_by_http(collector: tuple[str, type[_Collector]]) -> None:
    """Again when it was busy; nothing is lost."""
    address, handler = collector
    sender = EventSender(address)
    sender.put(_interaction())
    assert sender.flush(30)
    assert sender.metrics()["events_sent"] == 1
    assert [json.loads(body) for body in handler.bodies] == [_interaction()]
    sender.close()
    sender._sink._client.close()  # type: ignore[attr-defined]


def test_the_end_of_a_process_sends_what_is_buffered(tmp_path: Path) -> None:
    """No call to flush or close, and the last events are there."""
    path = tmp_path / "events.jsonl"
    script = (
        "import sys; from flywheel_client import Bank;"
        "bank = Bank.open(sys.argv[1] + '/none', events=sys.argv[1] + '/events.jsonl');"
        "[bank.feedback(str(n), 'copy') for n in range(700)]"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    assert [event["interaction_id"] for event in _lines(path)] == [str(n) for n in range(700)]
