"""The outermost layer of the service: a bound on bodies, a count of answers."""

from typing import Final

from prometheus_client import Counter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BYTES: Final = 1_000_000


class Guard:
    """Refuses a body that is too long before it is in memory, and counts what is answered."""

    def __init__(self, app: ASGIApp, requests: Counter) -> None:
        self.app = app
        self.requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.requests.labels(str(message["status"])).inc()
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        app = self._refusal(Headers(scope=scope)) or self.app
        await app(scope, receive, counted)

    def _refusal(self, headers: Headers) -> ASGIApp | None:
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers:
            return JSONResponse({"detail": "Content-Length is needed"}, 411)
        if not length.isdecimal() or int(length) > MAX_BYTES:
            return JSONResponse({"detail": f"a body has {MAX_BYTES} bytes at the most"}, 413)
        return None
