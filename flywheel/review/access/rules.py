"""The rule that every route carries; a route without one keeps the application from starting."""

import secrets
from collections.abc import Iterator, Sequence
from functools import cache
from re import Pattern
from typing import Any, Final, NamedTuple

from fastapi import HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount, compile_path

from flywheel.review.access.permissions import Permission
from flywheel.review.access.principal import Principal, principal_of

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM: Final = "application/x-www-form-urlencoded"


class Rule:
    """Who may use a route. What changes anything needs the session's own token besides."""

    is_open = False

    async def __call__(self, request: Request) -> Principal | None:
        """The dependency: gives who it is, or refuses."""
        principal = principal_of(request.scope)
        self.check(principal)
        if request.method not in SAFE and not (principal and principal.kind == "token"):
            await check_csrf(request)  # no browser adds a token of ours to another site's request
        return principal

    def check(self, principal: Principal | None) -> None:
        """Raise when this one may not: 401 for a stranger, 403 for anybody else."""


class OpenToAll(Rule):
    """For strangers too."""

    is_open = True

    def __repr__(self) -> str:
        return "open to all"


class SignedIn(Rule):
    """For whoever came in, whatever they may do."""

    def check(self, principal: Principal | None) -> None:
        """Refuse strangers."""
        if principal is None:
            raise HTTPException(401, "Log in first.")

    def __repr__(self) -> str:
        return "signed in"


class Needs(Rule):
    """For those who have a permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Principal:
        """The dependency: gives who it is, or refuses."""
        principal = await super().__call__(request)
        assert principal is not None  # check() let nobody else through  # noqa: S101
        return principal

    def check(self, principal: Principal | None) -> None:
        """Refuse strangers, and those without the permission."""
        if principal is None:
            raise HTTPException(401, "Log in first.")
        if not principal.may(self.permission):
            may = str(self.permission).replace("_", " ")
            raise HTTPException(403, f"Your role does not allow this (it takes: {may}).")

    def __repr__(self) -> str:
        return f"needs {self.permission}"


@cache
def needs(permission: Permission) -> Needs:
    """The rule of a route: `Depends(needs(Permission.DECIDE))` gives the `Principal`."""
    return Needs(permission)


open_to_all: Final = OpenToAll()
signed_in: Final = SignedIn()


class OpenFiles(StaticFiles):
    """Files that strangers may have: style and script. Mount these, no other static files."""


class Ruled(NamedTuple):
    """A route with its rules; all of them have to agree."""

    path: str
    pattern: Pattern[str]
    methods: frozenset[str]
    rules: tuple[Rule, ...]

    @property
    def is_open(self) -> bool:
        """Whether strangers may use it."""
        return all(rule.is_open for rule in self.rules)


def rules_of(routes: Sequence[Any], prefix: str = "") -> list[Ruled]:
    """Every route with its rules, in routers and mounted applications too.

    Raises `RuntimeError` for a route that has none, or of a kind that cannot carry any.
    """
    found = [_ruled(route, prefix) for route in _leaves(routes, prefix)]
    for mount in routes:
        if isinstance(mount, Mount) and not isinstance(mount.app, OpenFiles):
            inner = getattr(mount.app, "routes", None)
            if inner is None or isinstance(mount.app, StaticFiles):
                raise RuntimeError(f"{prefix}{mount.path}: what is mounted here has no rule")
            found += rules_of(inner, prefix + mount.path)
    return found


async def check_csrf(request: Request) -> None:
    """Refuse what this session's own page did not send: its token is missing or another's.

    Beside it the cookie is SameSite and the layer looks where a request comes from; each stands
    for the others.
    """
    expected = str(request.session.get("csrf", ""))
    given = request.headers.get("x-csrf-token")
    if given is None and request.headers.get("content-type", "").startswith(_FORM):
        given = str((await request.form()).get("csrf", ""))
    if not expected or not secrets.compare_digest((given or "").encode(), expected.encode()):
        raise HTTPException(403, "This form is out of date. Open the page again and repeat it.")


def csrf_token(request: Request) -> str:
    """The token for this session's forms; a visitor without a session gets one."""
    token: str = request.session.setdefault("csrf", secrets.token_urlsafe(24))
    return token


def _leaves(routes: Sequence[Any], prefix: str) -> Iterator[Any]:
    """The routes themselves. FastAPI keeps an included router as one route, which builds the
    routes below it with the prefix and dependencies that were given to `include_router`."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            if route.effective_low_priority_routes():
                raise RuntimeError(f"{prefix}: a front end's catch-all has no rule")
            yield from _leaves(route.effective_candidates(), prefix)
        elif not isinstance(route, Mount) or isinstance(route.app, OpenFiles):
            yield route


def _ruled(route: Any, prefix: str) -> Ruled:
    if isinstance(route, Mount):
        path = f"{prefix}{route.path}/{{path:path}}"
        return Ruled(path, compile_path(path)[0], frozenset({"GET", "HEAD"}), (open_to_all,))
    dependant = getattr(route, "dependant", None)
    rules = tuple(_rules(dependant)) if isinstance(dependant, Dependant) else ()
    path = f"{prefix}{getattr(route, 'path', route)}"
    methods = frozenset(getattr(route, "methods", None) or ())
    if not rules or not methods:
        raise RuntimeError(
            f"{path}: this route has no rule; give it Depends(needs(Permission...)) or open_to_all"
        )
    return Ruled(path, compile_path(path)[0], methods, rules)


def _rules(dependant: Dependant) -> Iterator[Rule]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Rule):
            yield inner.call
        yield from _rules(inner)
