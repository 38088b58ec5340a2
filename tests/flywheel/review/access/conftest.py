"""The review page of a team: users of each role, one of them bound to a tenant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from flywheel.review.access.gate import Access
from flywheel.review.access.link import Login
from flywheel.review.access.passwords import Passwords
from flywheel.review.access.permissions import Role
from flywheel.review.access.sessions import Holder
from flywheel.review.app import create_app
from flywheel.settings import Settings
from tests.flywheel.review.conftest import BASE, nothing_changed

CSRF: Final = "the-token-of-this-session"
QUICK: Final = Passwords(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
"""Argon2 with little to do: what it takes elsewhere is no test's concern but its own."""

PASSWORD: Final = "correct horse battery"


@dataclass
class Team:
    """The application, and browsers that come to it."""

    app: FastAPI
    login: Login
    base: str = BASE
    links: list[str] = field(default_factory=list)

    @property
    def access(self) -> Access:
        """What guards it."""
        access: Access = self.app.state.access
        return access

    def visit(self, address: str = "127.0.0.1") -> TestClient:
        """A browser without a session, at an address."""
        return TestClient(
            self.app, base_url=self.base, follow_redirects=False, client=(address, 50_000)
        )

    def enter(self, name: str) -> TestClient:
        """A browser in which this user has logged in."""
        user = self.access.users.find(name)
        assert user
        return self.hold(Holder("password", user.name, user.version))

    def hold(self, holder: Holder) -> TestClient:
        """A browser with this session."""
        client = self.visit()
        id = self.access.sessions.begin(holder, {"csrf": CSRF})
        client.cookies.set(self.access.cookie, self.access.pack(id))
        return client


MakeTeam = Callable[..., Team]


@pytest.fixture
def make_team(settings: Settings) -> MakeTeam:
    """Puts the application together, with changes to the review page's settings."""

    def make(base: str = BASE, home: str = "", **changes: Any) -> Team:
        links: list[str] = []
        login = Login(base, links.append)
        review = type(settings.review).model_validate(settings.review.model_dump() | changes)
        changed = settings.model_copy(update={"review": review, "home": settings.home / home})
        app = create_app(
            changed,
            reviewer="owner",
            login=login,
            promote=nothing_changed,
            on_finished=lambda count: True,
        )
        app.state.access.users._passwords = QUICK
        return Team(app, login, base, links)

    return make


@pytest.fixture
def team(make_team: MakeTeam) -> Team:
    """A team without passwords: these take a moment, and most tests need none."""
    team = make_team()
    add = team.access.users.add
    add("rosa", Role.REVIEWER)
    add("lena", Role.LEAD)
    add("ada", Role.ADMIN)
    add("ines", Role.REVIEWER, tenant="acme")
    return team


def form_token(client: TestClient) -> str:
    """The token in the login page's form."""
    page = client.get("/login").text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def log_in(client: TestClient, name: str, password: str = PASSWORD, **fields: str) -> Any:
    """Submit the login page's form."""
    data = {"csrf": form_token(client), "name": name, "password": password, **fields}
    return client.post("/login", data=data)
