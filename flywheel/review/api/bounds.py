"""How much and how often a program may ask."""

from collections.abc import Awaitable, Callable, Coroutine
from time import time
from typing import Any, Final

from fastapi import HTTPException, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic_core import from_json
from starlette.types import Message

from flywheel.review.access import principal_of

MAX_BYTES: Final = 2**20
MAX_IMPORT_BYTES: Final = 2**25
"""Of a file of records: it is read in memory, since raw text must not reach a temporary file."""
_RECORDS: Final = "/records/"


class Pace:
    """Counts the requests of each name in this process; a second server counts by itself."""

    def __init__(self, rate: str) -> None:
        """`rate` as `limits` writes it: 1200/minute; several with a semicolon."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = parse_many(rate)

    def wait(self, name: str) -> int:
        """Count a request and give 0, or the seconds to wait when it is one too many."""
        for limit in self._limits:
            if not self._limiter.hit(limit, name):
                reset = self._limiter.get_window_stats(limit, name).reset_time
                return max(1, round(reset - time()))
        return 0


class Bounded(APIRoute):
    """A route that reads no more than it may, and answers nobody too often."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the bounds."""
        handle: Any = super().get_route_handler()
        params = get_flat_params(self.dependant)
        known = {one.alias for one in params if isinstance(one.field_info, Query)}

        async def bounded(request: Request) -> Response:
            _check_pace(request)
            most = MAX_IMPORT_BYTES if _RECORDS in request.url.path else MAX_BYTES
            length = request.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > most:
                raise _too_long(most)
            _check_query(request, known)
            request = Request(request.scope, _counted(request, most))
            if request.headers.get("content-type", "").startswith("application/json"):
                _check_json(await request.body())
            response: Response = await handle(request)
            return response

        return bounded


def _check_query(request: Request, known: set[str]) -> None:
    """A filter with a typing error would show all, one that comes twice something else."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) != len(set(names)) or not known.issuperset(names):
        allowed = ", ".join(sorted(known)) or "no parameters"
        raise HTTPException(422, f"The query has {allowed}, each once, and nothing else.")


def _check_pace(request: Request) -> None:
    principal = principal_of(request.scope)
    wait = request.app.state.api.pace.wait(principal.name if principal else "")
    if wait:
        headers = {"Retry-After": str(wait)}
        raise HTTPException(429, "Too many requests; wait a little.", headers)


def _counted(request: Request, most: int) -> Callable[[], Awaitable[Message]]:
    """For a body that does not say how long it is."""
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > most:
            raise _too_long(most)
        return message

    return receive


def _check_json(body: bytes) -> None:
    """Strictly: Python's own parser lets halves of characters and NaN through; no store does."""
    if not body:
        return
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError:
        raise HTTPException(400, "The body is no JSON.") from None


def _too_long(most: int) -> HTTPException:
    return HTTPException(413, f"A body has {most:,} bytes at the most.")
