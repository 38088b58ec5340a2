"""An OpenAI-compatible model server on loopback, behind which the simulated models answer."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

from flywheel.demo.models import MODELS, answer

Answer = Callable[[str, Sequence[tuple[str, str]]], str]
"""Model and messages, each (role, text), to the answer; `KeyError` for an unknown model."""

_MAX_BODY: Final = 4 * 2**20


class BadRequest(Exception):
    """A request that the API refuses: status, code and a message that quotes no text."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@contextmanager
def serve_models(
    reply: Answer = answer, names: Sequence[str] = MODELS, port: int = 0
) -> Iterator[str]:
    """Serve on 127.0.0.1 while the block runs; yields the base URL that ends in /v1."""
    handler = type("Handler", (_Handler,), {"reply": staticmethod(reply), "names": tuple(names)})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def complete(body: Any, reply: Answer) -> dict[str, Any]:
    """The answer to one chat completion request; raises `BadRequest`."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        raise BadRequest(400, "invalid_request", "'messages' must be a list")
    if body.get("stream"):
        raise BadRequest(400, "unsupported", "this server does not stream")
    messages = [_message(entry) for entry in body["messages"]]
    model = str(body.get("model"))
    try:
        text = reply(model, messages)
    except KeyError:
        raise BadRequest(404, "model_not_found", "no such model here") from None
    asked, said = sum(len(part) // 4 for _, part in messages), len(text) // 4
    return {
        "id": f"chatcmpl-{model}",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": None},
            }
        ],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
        },
    }


def _message(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("role"), str):
        raise BadRequest(400, "invalid_request", "each message needs a role")
    content = entry.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return entry["role"], content or ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as clients expect
    reply: Answer
    names: tuple[str, ...]

    def do_GET(self) -> None:
        """The list of models."""
        if self.path.rstrip("/") != "/v1/models":
            self._send(404, _error("not_found", "no such path"))
            return
        models = [{"id": name, "object": "model", "owned_by": "demo"} for name in self.names]
        self._send(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        """A chat completion."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _MAX_BODY:
            self.close_connection = True
            self._send(413, _error("too_large", "the request is too large"))
            return
        data = self.rfile.read(length)
        if self.path.rstrip("/") != "/v1/chat/completions":
            self._send(404, _error("not_found", "no such path"))
            return
        try:
            self._send(200, complete(json.loads(data), self.reply))
        except BadRequest as error:
            self._send(error.status, _error(error.code, str(error)))
        except ValueError:
            self._send(400, _error("invalid_request", "the body is not JSON"))

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests hold text."""


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": code}}
