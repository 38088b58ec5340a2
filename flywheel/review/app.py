"""Puts the review page together: routes, templates, and the layers that guard them."""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Receive, Scope, Send

from flywheel.errors import FlywheelError
from flywheel.review.auth import SESSION_SECONDS, Login, RequireSession
from flywheel.review.batch import Batch
from flywheel.review.headers import Shield
from flywheel.review.routes import guarded, public
from flywheel.review.site import Review, status_of
from flywheel.settings import Settings
from flywheel.steps.promote import PromoteReport, run_promote

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1", "[::1]")


def create_app(
    settings: Settings,
    *,
    reviewer: str,
    login: Login,
    allowed_hosts: Sequence[str] = (),
    cookie: str = "flywheel_review",
    promote: Callable[[], PromoteReport] | None = None,
    on_finished: Callable[[int], bool] | None = None,
) -> FastAPI:
    """The application; `allowed_hosts` may be asked for besides loopback.

    `cookie` names the session's cookie: browsers share cookies between ports. `promote` stands in
    for `run_promote`; `on_finished` hears of a finished batch and says whether it promotes itself.
    """
    app = FastAPI(
        title="flywheel review",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(Shield),
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[*LOOPBACK, *allowed_hosts],
                www_redirect=False,
            ),
            Middleware(
                SessionMiddleware,
                secret_key=token_hex(32),  # of this process: a restart ends every session
                session_cookie=cookie,
                max_age=SESSION_SECONDS,
                same_site="strict",
            ),
            Middleware(RequireSession, refuse=_refuse),
        ],
    )
    batch = Batch(promote or partial(run_promote, settings), on_finished)
    app.state.review = Review(settings, reviewer, login, batch, _templates())
    app.include_router(public)
    app.include_router(guarded)
    static = Path(__file__).parent / "static"
    app.mount("/static", StaticFiles(directory=static), name="static")
    for kind in (HTTPException, RequestValidationError, FlywheelError):
        app.add_exception_handler(kind, _explain)
    return app


def _templates() -> Jinja2Templates:
    environment = Environment(
        loader=PackageLoader("flywheel.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Jinja2Templates(env=environment)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    review: Review = scope["app"].state.review
    response = review.page(request, "signed_out.html", 401)
    await response(scope, receive, send)


def _explain(request: Request, error: Exception) -> Response:
    """A page for what went wrong; none of these messages quotes what somebody wrote."""
    review: Review = request.app.state.review
    status, message = 500, "Something went wrong."
    if isinstance(error, HTTPException):
        status, message = error.status_code, error.detail
    elif isinstance(error, RequestValidationError):
        status, message = 400, "This address or form does not say what to do."
    elif isinstance(error, FlywheelError):
        status, message = status_of(error), str(error)
    phrase = HTTPStatus(status).phrase
    return review.page(request, "message.html", status, title=phrase, message=message)
