"""A real OpenAI-compatible server on loopback that answers, and fails as it is told."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class Fault(StrEnum):
    """What can go wrong with one request."""

    RATE_LIMIT = "429 with Retry-After"
    SERVER_ERROR = "500"
    HANG = "no answer until the client gives up"
    TRUNCATED = "JSON cut off in the middle, with a matching length"
    CUT_OFF = "fewer bytes than announced"
    NO_CHOICES = "an empty list of choices"
    EMPTY = "an empty answer"
    DROP = "the connection closed without a byte"
    NO_KEY = "401"
    NO_MODEL = "404"
    NO_SCHEMA = "400 for response_format"


Body = dict[str, Any]
STATUS = {
    Fault.RATE_LIMIT: 429,
    Fault.SERVER_ERROR: 500,
    Fault.NO_KEY: 401,
    Fault.NO_MODEL: 404,
    Fault.NO_SCHEMA: 400,
}


def question_in(body: Body) -> str:
    """The question of a request that the shipped prompt rendered."""
    return str(body["messages"][-1]["content"]).rpartition("Question: ")[2]


class Loopback:
    """`with Loopback(answer, fault) as server:` - `server.url` is the base URL.

    `answer` makes the text of a request's answer. `fault` says what goes wrong, given the body
    and how often this content was asked before.
    """

    def __init__(
        self,
        answer: Callable[[Body], str] = lambda body: "42",
        fault: Callable[[Body, int], Fault | None] = lambda body, before: None,
        delay_s: float = 0,
    ) -> None:
        self.answer = answer
        self.fault = fault
        self.delay_s = delay_s
        self.asked: Counter[str] = Counter()
        """Requests by content."""
        self.bodies: list[Body] = []
        self.answered = threading.Semaphore(0)
        self.most_at_once = 0
        self.closing = threading.Event()
        self._at_once = 0
        self._lock = threading.Lock()
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """The base URL, as OPENAI_BASE_URL takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def questions(self) -> Counter[str]:
        """Requests by question."""
        return Counter(question_in(body) for body in self.bodies)

    def __enter__(self) -> "Loopback":
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def receive(self, body: Body) -> Fault | None:
        """Count a request and say what is to go wrong with it."""
        content = json.dumps(body, sort_keys=True)
        with self._lock:
            before = self.asked[content]
            self.asked[content] += 1
            self.bodies.append(body)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        return self.fault(body, before)

    def done(self) -> None:
        """One request less under way."""
        with self._lock:
            self._at_once -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        loopback = self.server.loopback
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = loopback.receive(body)
        try:
            time.sleep(loopback.delay_s)
            self._respond(body, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client gave up, or was killed
        finally:
            loopback.done()
        loopback.answered.release()

    def _respond(self, body: Body, fault: Fault | None) -> None:
        if fault is Fault.HANG:
            self.server.loopback.closing.wait(20)
        if fault in (Fault.HANG, Fault.DROP):
            self.close_connection = True
        elif fault in STATUS:
            self._send(STATUS[fault], b'{"error": {"message": "as scripted"}}')
        else:
            content = json.dumps(_completion(self.server.loopback, body, fault)).encode()
            half = len(content) // 2 if fault is Fault.TRUNCATED else len(content)
            self._send(200, content[:half], cut_off=fault is Fault.CUT_OFF)

    def _send(self, status: int, content: bytes, cut_off: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content) + 10 * cut_off))
        if status == 429:
            self.send_header("Retry-After-Ms", "20")
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.close_connection or cut_off

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _completion(server: Loopback, body: Body, fault: Fault | None) -> Body:
    text = "" if fault is Fault.EMPTY else server.answer(body)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "c-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [] if fault is Fault.NO_CHOICES else [choice],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
    }
