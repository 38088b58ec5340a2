"""Lets in who holds the one-time link, keeps everybody else out, and checks each form's origin."""

import secrets
from collections.abc import Callable
from threading import Lock
from typing import Annotated, Final

from fastapi import Form, HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

SESSION_SECONDS: Final = 12 * 3600
"""A session ends this long after its last decision."""

_OPEN: Final = ("/login", "/health")


class Login:
    """The link that is printed in the terminal: used once, then another one is printed."""

    def __init__(self, base_url: str, announce: Callable[[str], None]) -> None:
        self._base_url = base_url
        self._announce = announce
        self._lock = Lock()
        self._token = secrets.token_urlsafe(32)

    @property
    def link(self) -> str:
        """The link that is good now."""
        return f"{self._base_url}/login?token={self._token}"

    def redeem(self, token: str) -> bool:
        """Whether the token is good; if so it is spent, and the next link is announced."""
        with self._lock:
            if not secrets.compare_digest(token.encode(), self._token.encode()):
                return False
            self._token = secrets.token_urlsafe(32)
        self._announce(self.link)
        return True


class RequireSession:
    """Refuses every request without a session, unless its path is open to all."""

    def __init__(self, app: ASGIApp, refuse: ASGIApp) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or have it refused before anything reads its body."""
        if scope["type"] == "lifespan" or is_open(scope["path"]) or is_signed_in(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.refuse(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether a path needs no session: the login, the health check, style and script."""
    return path in _OPEN or path.startswith("/static/")


def is_signed_in(scope: Scope) -> bool:
    """Whether the request carries a session that this process began."""
    return scope["session"].get("reviewer") is True


def sign_in(request: Request) -> None:
    """Begin a session with a CSRF token of its own."""
    request.session.clear()
    request.session.update(reviewer=True, csrf=secrets.token_urlsafe(24))


def check_csrf(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Refuse a form that this session's own page did not make.

    The cookie is SameSite=Strict and the token secret; the two checks stand for each other.
    """
    expected = str(request.session.get("csrf", ""))
    if not expected or not secrets.compare_digest(csrf.encode(), expected.encode()):
        raise HTTPException(403, "This form is out of date. Open the page again and repeat it.")
    if Headers(scope=request.scope).get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(403, "This form came from another site.")
