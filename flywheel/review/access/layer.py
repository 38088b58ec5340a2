"""The layer around all routes: finds out who it is, keeps strangers out, sets the cookie."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from fastapi import HTTPException, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flywheel.review.access.gate import Access
from flywheel.review.access.rules import SAFE, Ruled
from flywheel.review.access.visit import Visit

Refuse = Callable[[Scope, Receive, Send, HTTPException], Awaitable[None]]
"""Answers somebody who may not come in: with a page, or with JSON."""

_FROM_HERE: Final = ("same-origin", "none")
"""Where browsers say that a page of ours, or a person, asks."""


class AccessLayer:
    """Refuses every request of a stranger, unless its path is open to all."""

    def __init__(
        self, app: ASGIApp, access: Access, ruled: Sequence[Ruled], refuse: Refuse
    ) -> None:
        """`ruled` may still grow until the first request."""
        self.app = app
        self.access = access
        self.ruled = ruled
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or have it refused before anything reads its body."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # there is none here
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused: HTTPException | None = None
        try:
            visit = await run_in_threadpool(self.access.visit, scope)
            self._check_origin(scope, visit)
            _check_kind(scope)
        except HTTPException as error:
            refused, visit = error, Visit(self.access, None, None)
        scope.update(visit=visit, session=visit.data, principal=visit.principal)
        if refused is None and visit.principal is None and not self._is_open(scope["path"]):
            refused = HTTPException(401, "Log in first.")
        send = self._with_cookie(visit, send)
        if refused is None:
            await self.app(scope, receive, send)
        else:
            await self.refuse(scope, receive, send, refused)

    def _is_open(self, path: str) -> bool:
        return any(ruled.is_open and ruled.pattern.match(path) for ruled in self.ruled)

    def _check_origin(self, scope: Scope, visit: Visit) -> None:
        """Another site's page may lead a browser here by a link, and in no other way."""
        if visit.principal and visit.principal.kind == "token":
            return
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] in SAFE:
            is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get(
                "sec-fetch-dest"
            ) in ("document", "empty")
            allowed = site in _FROM_HERE or is_link
        else:
            origin = headers.get("origin")
            allowed = site == "same-origin" and (
                origin is None or self.access.is_own_origin(origin, headers)
            )
        if not allowed:
            raise HTTPException(403, "This request came from another site.")

    def _with_cookie(self, visit: Visit, send: Send) -> Send:
        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                id = await run_in_threadpool(visit.store)
                if id is not None:
                    MutableHeaders(scope=message).append("set-cookie", self._cookie(id))
            await send(message)

        return send_with_cookie

    def _cookie(self, id: str) -> str:
        """SameSite=Lax: a link in a colleague's message opens its case, and a provider can send
        somebody back; what changes anything is never a link."""
        carrier = Response()
        carrier.set_cookie(
            self.access.cookie,
            self.access.pack(id) if id else "",
            max_age=int(self.access.sessions.max_s) if id else 0,
            httponly=True,
            samesite="lax",
            secure=self.access.is_https,
        )
        return carrier.headers["set-cookie"]


def _check_kind(scope: Scope) -> None:
    """A file in a form would be written to the disk before anything could scrub it."""
    kind = Headers(scope=scope).get("content-type", "").strip().lower()
    if kind.startswith("multipart/"):
        raise HTTPException(415, "Forms are read URL-encoded here, and none has files.")
