"""Puts the review page together: routes, templates, and the layers that guard them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Receive, Scope, Send

from flywheel.desk import Desk
from flywheel.errors import FlywheelError
from flywheel.review.access import OpenFiles, rules_of
from flywheel.review.access.gate import Access, open_access
from flywheel.review.access.headers import Shield
from flywheel.review.access.layer import AccessLayer
from flywheel.review.access.link import Login
from flywheel.review.access.routes import login_page
from flywheel.review.access.rules import Ruled
from flywheel.review.api import Api, explain
from flywheel.review.batch import Batch
from flywheel.review.malformed import say_malformed, without
from flywheel.review.routes import everything
from flywheel.review.site import Review, status_of, wants_json
from flywheel.review.unseen import show_unseen
from flywheel.settings import Settings
from flywheel.steps.promote import PromoteReport, run_promote
from flywheel.store import open_store

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1", "[::1]")
API: Final = "/api/"
"""What programs ask: they are refused in JSON."""


def create_app(
    settings: Settings,
    *,
    reviewer: str,
    login: Login | None,
    allowed_hosts: Sequence[str] = (),
    cookie: str = "flywheel_review",
    promote: Callable[[], PromoteReport] | None = None,
    on_finished: Callable[[int], bool] | None = None,
) -> FastAPI:
    """The application; `allowed_hosts` may be asked for besides loopback.

    `login` is the terminal's link, which stands for `reviewer`; None: users alone come in. `cookie`
    names the session's cookie: browsers share cookies between ports. `promote` stands in for
    `run_promote`; `on_finished` hears of a finished batch and says whether it promotes itself.
    Raises `RuntimeError` for a route that carries no rule, `NewerError` for a home of a newer
    version: its queue would stand still and look right.
    """
    open_store(settings).refuse_newer()
    desk = Desk(settings)
    access = open_access(settings, reviewer, login, cookie, desk.people.recorded)
    hosts = [*LOOPBACK, *allowed_hosts, *public_host(settings)]
    ruled: list[Ruled] = []
    app = FastAPI(
        lifespan=partial(_keep_up, desk),
        title="flywheel review",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=list(everything.routes),
        middleware=[
            Middleware(Shield, is_https=access.is_https),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
            Middleware(AccessLayer, access=access, ruled=ruled, refuse=_refuse),
        ],
    )
    batch = Batch(promote or partial(run_promote, settings), on_finished)
    desk.on_judged = batch.add
    app.state.api = Api(settings, desk, batch)
    app.state.review = Review(settings, batch, _templates(access), desk)
    app.state.access = access
    static = Path(__file__).parent / "static"
    app.mount("/static", OpenFiles(directory=static), name="static")
    for kind in (HTTPException, RequestValidationError, FlywheelError):
        app.add_exception_handler(kind, _explain)
    ruled += rules_of(app.routes)  # last: a route that is added behind this line has no say
    return app


@asynccontextmanager
async def _keep_up(desk: Desk, app: FastAPI) -> AsyncIterator[None]:
    """While it serves, decisions settle into the facts and news come to the queue."""
    desk.start()
    try:
        yield
    finally:
        await run_in_threadpool(desk.stop)


def public_host(settings: Settings) -> list[str]:
    """The name that browsers ask a proxy for."""
    host = urlsplit(settings.review.public_url or "").hostname
    return [host] if host else []


def _templates(access: Access) -> Jinja2Templates:
    environment = Environment(
        loader=PackageLoader("flywheel.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["named"] = access.shown.named
    environment.filters["unseen"] = show_unseen
    return Jinja2Templates(env=environment)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: HTTPException) -> None:
    request = Request(scope)
    response: Response
    if scope["path"].startswith(API):
        response = explain(error)
    elif error.status_code == 401 and scope["method"] == "GET":
        query = f"?{request.url.query}" if request.url.query else ""
        response = await run_in_threadpool(login_page, request, scope["path"] + query)
    else:
        response = await run_in_threadpool(_explain, request, error)
    await response(scope, receive, send)


def _explain(request: Request, error: Exception) -> Response:
    """A page for what went wrong; none of these messages quotes what somebody wrote."""
    if request.url.path.startswith(API):
        return explain(error)
    review: Review = request.app.state.review
    status, message, way_on = 500, "Something went wrong.", None
    if isinstance(error, HTTPException):
        status, message = error.status_code, error.detail
    elif isinstance(error, RequestValidationError):
        status, message, way_on = 400, say_malformed(error), without(request, error)
    elif isinstance(error, FlywheelError):
        status, message = status_of(error), str(error)
    if wants_json(request):
        return JSONResponse({"problem": message}, status)
    phrase = HTTPStatus(status).phrase
    if way_on is not None:
        phrase = "This address does not say what to show"
    said = {"title": phrase, "message": message, "way_on": way_on}
    return review.page(request, "message.html", status, **said)
