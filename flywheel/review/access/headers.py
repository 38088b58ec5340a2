"""The outermost layer: security headers on every response, and nothing about a crash but where."""

import logging
import traceback
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style, no other host, no frame."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

STRICT_TRANSPORT: Final = "max-age=31536000"
"""Behind https alone: a browser then never asks without it."""


_AMBIGUOUS: Final = PlainTextResponse(
    "A request has one length.", 400, headers={"Connection": "close"}
)


class Shield:
    """Adds the headers; turns an unexpected error into a page that says nothing about it.

    The log gets the error's type and the lines of code, never its message: that could hold text.
    """

    def __init__(self, app: ASGIApp, is_https: bool = False) -> None:
        self.app = app
        https = {"Strict-Transport-Security": STRICT_TRANSPORT} if is_https else {}
        self._headers = HEADERS | https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            if _is_ambiguous(scope):
                await _AMBIGUOUS(scope, receive, send_with_headers)
            else:
                await self.app(scope, receive, send_with_headers)
        except ClientDisconnect:
            pass  # whoever asked has left in the middle of the request: nobody waits for an answer
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("review page: %s\n%s", type(error).__name__, where)
            if not started:
                text = "Something went wrong; the terminal says where. Nothing was recorded."
                await PlainTextResponse(text, 500)(scope, receive, send_with_headers)


def _is_ambiguous(scope: Scope) -> bool:
    """Whether a proxy in front may see another end of it than is seen here (RFC 9112, 6.3): what
    lies between the two would be a request that nobody looked at.
    """
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers and "content-length" in headers
