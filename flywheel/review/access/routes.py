"""The ways in and out: the terminal's link, name and password, a provider, log out."""

import logging
from asyncio import sleep
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from flywheel.review.access.claims import NotAllowed, holder_for, name_in
from flywheel.review.access.gate import Access
from flywheel.review.access.oidc import CALLBACK, Provider, ProviderError
from flywheel.review.access.redirects import HOME, kept_path, safe_path
from flywheel.review.access.rules import csrf_token, open_to_all, signed_in
from flywheel.review.access.sessions import Holder
from flywheel.review.access.visit import visit_of

_log = logging.getLogger(__name__)
_NEXT: Final = "next"
_WRONG: Final = "The name or the password is wrong."
_NOT_ALLOWED: Final = "You are logged in there, but may not come in here. Ask an admin."

router = APIRouter()
OPEN: Final = [Depends(open_to_all)]
INSIDE: Final = [Depends(signed_in)]


@router.get("/login", dependencies=OPEN)
def login(request: Request, token: str = "", next: str = HOME) -> Response:
    """Spend the link's token on a session, or ask who it is."""
    visit = visit_of(request)
    link = visit.access.login
    if token and link is not None and link.redeem(token):
        _sign_in(request, Holder("link", visit.access.reviewer))
    elif visit.principal is None:
        return login_page(request, next)
    return RedirectResponse(safe_path(next), 303)


@router.post("/login", dependencies=OPEN)
async def log_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = HOME,
) -> Response:
    """Name and password. Nothing in the answer tells a wrong name from a wrong password."""
    access = visit_of(request).access
    address = access.proxies.client(request.scope)
    wait = await run_in_threadpool(access.attempts.wait, name, address)
    if wait:
        _log.warning("refused: too many logins from %s", address)
        return await run_in_threadpool(_too_many, request, next, wait)
    # No thread sleeps: there are few of them, and guesses may be many.
    await sleep(await run_in_threadpool(access.attempts.delay, name))
    return await run_in_threadpool(_check, request, name, password, next)


@router.post("/logout", dependencies=INSIDE)
def log_out(request: Request) -> Response:
    """End this session."""
    visit_of(request).sign_out()
    return RedirectResponse("/login", 303)


@router.post("/logout/everywhere", dependencies=INSIDE)
def log_out_everywhere(request: Request) -> Response:
    """End all sessions of this name, in other browsers too."""
    visit_of(request).sign_out(everywhere=True)
    return RedirectResponse("/login", 303)


@router.get("/login/oidc", dependencies=OPEN)
async def to_provider(request: Request, next: str = HOME) -> Response:
    """Send the browser to the provider."""
    provider = _provider(request)
    try:
        response = await provider.start(request)
    except ProviderError as error:
        raise _unavailable(error) from None
    request.session[_NEXT] = kept_path(next)
    return response


@router.get(CALLBACK, dependencies=OPEN)
async def from_provider(request: Request) -> Response:
    """Whom the provider sends back."""
    access = visit_of(request).access
    next = safe_path(str(request.session.pop(_NEXT, HOME)))
    try:
        claims = await _provider(request).finish(request)
        holder = await run_in_threadpool(_holder, access, claims)
    except ProviderError as error:
        _log.warning("refused: a login by the provider (%s)", error)
        return login_page(request, next, status=401, problem="That login did not work. Try again.")
    except NotAllowed as error:
        _log.warning("refused: somebody whom the provider knows (%s)", error)
        return login_page(request, next, status=403, problem=_NOT_ALLOWED)
    _sign_in(request, holder)
    return RedirectResponse(next, 303)


def login_page(
    request: Request,
    next: str,
    *,
    status: int = 401,
    problem: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """What a stranger sees: the ways in that there are."""
    access = visit_of(request).access
    review: Any = request.app.state.review
    if not access.asks_names:
        response: Response = review.page(request, "signed_out.html", status)
        return response
    response = review.page(
        request,
        "login.html",
        status,
        form_token=csrf_token(request),
        next=safe_path(next),
        problem=problem,
        has_users=access.users.exist(),
        has_provider=access.provider is not None,
    )
    response.headers.update(headers or {})
    return response


def _too_many(request: Request, next: str, wait: int) -> Response:
    return login_page(
        request,
        next,
        status=429,
        problem=f"Too many attempts. Try again in {_told(wait)}.",
        headers={"Retry-After": str(wait)},
    )


def _check(request: Request, name: str, password: str, next: str) -> Response:
    access = visit_of(request).access
    address = access.proxies.client(request.scope)
    user = access.users.verify(name, password)
    if user is None:
        _log.warning("refused: a wrong name or password from %s", address)
        return login_page(request, next, status=401, problem=_WRONG)
    access.attempts.succeeded(name, address)
    _sign_in(request, Holder("password", user.name, user.version))
    return RedirectResponse(safe_path(next), 303)


def _holder(access: Access, claims: Any) -> Holder:
    settings = access.settings
    name = name_in(claims, settings.oidc)
    user = access.users.find_login(name)
    if user is None and access.is_somebody_elses(name):
        raise NotAllowed("no user, but called as somebody else is")
    return holder_for(name, claims, user, settings.oidc, settings.default_role)


def _sign_in(request: Request, holder: Holder) -> None:
    visit = visit_of(request)
    visit.sign_in(holder)
    csrf_token(request)
    _log.info("signed in by %s: %s", holder.kind, visit.access.recorded(holder.name))


def _provider(request: Request) -> Provider:
    provider = visit_of(request).access.provider
    if provider is None:
        raise HTTPException(404, "There is no such page.")
    return provider


def _unavailable(error: ProviderError) -> HTTPException:
    _log.warning("the login provider cannot be used (%s)", error)
    return HTTPException(502, "The login provider cannot be reached. Try again later.")


def _told(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
