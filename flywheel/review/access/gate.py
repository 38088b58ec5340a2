"""Tells who a request is from: by a token, a proxy's header, or the session in its cookie."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from fastapi import HTTPException
from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from flywheel.forms import argilla, labelstudio
from flywheel.people import PSEUDONYM, fold
from flywheel.review.access.attempts import Attempts
from flywheel.review.access.database import FILE as FILE
from flywheel.review.access.database import open_database, signing_key
from flywheel.review.access.link import Login
from flywheel.review.access.oidc import Provider, make_provider
from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Role
from flywheel.review.access.principal import Kind, Principal, make_principal
from flywheel.review.access.proxy import Proxies
from flywheel.review.access.sessions import VISITOR, Session, Sessions
from flywheel.review.access.shown import Shown
from flywheel.review.access.tokens import Tokens
from flywheel.review.access.users import Users, is_name, open_users
from flywheel.review.access.visit import Visit
from flywheel.settings import ReviewSettings, Settings

"""In the home, beside the DuckDB file."""

_OF_TOOLS: Final = (f"{argilla.TOOL}:", f"{labelstudio.TOOL}:")
_KINDS: Final[dict[str, Kind]] = {"password": "password", "oidc": "oidc"}


@dataclass(frozen=True)
class Access:
    """All that decides who comes in."""

    settings: ReviewSettings
    reviewer: str
    """Whom the terminal's link stands for."""
    login: Login | None
    """The terminal's link; none: it lets nobody in."""
    users: Users
    sessions: Sessions
    tokens: Tokens
    attempts: Attempts
    proxies: Proxies
    provider: Provider | None
    cookie: str
    signer: Signer
    recorded: Callable[[str], str]
    """What stands in decisions for somebody of this name."""
    shown: Shown

    @property
    def is_https(self) -> bool:
        """Whether browsers come through https: then cookies go nowhere else."""
        return (self.settings.public_url or "").startswith("https:")

    @property
    def asks_names(self) -> bool:
        """Whether there is another way in than the terminal's link."""
        return self.provider is not None or self.users.exist()

    def visit(self, scope: Scope) -> Visit:
        """Who this request is from, under the name that decisions are recorded under.

        Raises an `HTTPException` when it says so itself and lies.
        """
        visit = self._visit(scope)
        if visit.principal is not None:
            name = self.recorded(visit.principal.shown)
            visit.principal = replace(visit.principal, name=name)
        return visit

    def _visit(self, scope: Scope) -> Visit:
        headers = Headers(scope=scope)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            principal = self.tokens.principal(token.strip())
            if principal is None:
                raise HTTPException(401, "This token is unknown or has expired.")
            return Visit(self, principal, None)
        session = self._session(headers)
        named = self.proxies.user(scope)
        if named is not None:
            principal = self._named(named)
            own = session and session.kind == "header" and session.name == principal.shown
            return Visit(self, principal, session if own else None)
        if session is None or session.kind == "header":
            return Visit(self, None, None)
        principal = self._holder(session)
        if principal is None and session.kind != VISITOR:
            return Visit(self, None, None)
        return Visit(self, principal, session)

    def is_somebody_elses(self, name: str) -> bool:
        """Whether somebody who is no user would go by another's name: a user's, that of whom the
        terminal's link stands for, a pseudonym, a labelling tool's. Full-width letters and
        ligatures look like others, and are taken for them.
        """
        alike = fold(unicodedata.normalize("NFKC", name))
        known = any(self.users.find(one) is not None for one in {name, alike})
        is_made = PSEUDONYM.fullmatch(alike) or alike.startswith(_OF_TOOLS)
        return known or bool(is_made) or alike == fold(self.reviewer)

    def pack(self, id: str) -> str:
        """The cookie's value: a session's id, signed."""
        return self.signer.sign(id).decode()

    def is_own_origin(self, origin: str, headers: Headers) -> bool:
        """Whether the page that a request comes from is one of these pages."""
        own = (self.settings.public_url or "").rstrip("/")
        schemes = ("https",) if self.is_https else ("http", "https")
        asked = [f"{scheme}://{headers.get('host')}" for scheme in schemes]
        return bool(origin) and origin in (own, *asked)

    def _session(self, headers: Headers) -> Session | None:
        cookies = cookie_parser(headers.get("cookie", ""))
        try:
            id = self.signer.unsign(cookies.get(self.cookie, "")).decode()
        except (BadSignature, UnicodeError):
            return None
        return self.sessions.open(id)

    def _named(self, named: str) -> Principal:
        """Whom a proxy names: a user, or somebody with the default role."""
        user = self.users.find_login(named)
        if user is not None:
            return make_principal(user.name, user.role, user.tenant, "header")
        role = self.settings.default_role
        if role is None or not is_name(named) or self.is_somebody_elses(named):
            raise HTTPException(403, "You are not a user here; ask an admin to add you.")
        return make_principal(fold(named), Role(role), None, "header")

    def _holder(self, session: Session) -> Principal | None:
        if session.kind == "link":
            same = session.name == self.reviewer and self.login is not None
            return make_principal(session.name, Role.ADMIN, None, "link") if same else None
        kind = _KINDS.get(session.kind)
        if kind is None or session.role is None:
            return None
        return make_principal(session.name, Role(session.role), session.tenant, kind)


def has_other_ways(settings: Settings) -> bool:
    """Whether somebody can come in without the terminal's link."""
    review = settings.review
    return bool(review.oidc.issuer or review.user_header) or open_users(settings).exist()


def open_access(
    settings: Settings,
    reviewer: str,
    login: Login | None,
    cookie: str,
    recorded: Callable[[str], str],
) -> Access:
    """The gate of a home. Raises `ConfigError` for settings that do not fit together."""
    review = settings.review
    database = open_database(settings)
    https = (review.public_url or "").startswith("https:")
    users = Users(database, Passwords())
    sessions = Sessions(database, idle_s=review.session_idle_s, max_s=review.session_max_s)
    return Access(
        settings=review,
        reviewer=reviewer,
        login=login,
        users=users,
        sessions=sessions,
        tokens=Tokens(database),
        attempts=Attempts(database),
        proxies=Proxies(review.proxies, review.user_header),
        provider=make_provider(review),
        # With this prefix no page of a neighbouring name can set it; browsers want https for it.
        cookie=f"__Host-{cookie}" if https else cookie,
        signer=Signer(signing_key(database), salt=b"flywheel session", digest_method=sha256),
        recorded=recorded,
        shown=Shown(users, sessions, recorded),
    )
