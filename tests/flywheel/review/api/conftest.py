"""The API with a store of its own, asked by a reviewer, a lead, an admin and one of a tenant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from flywheel.desk import Desk
from flywheel.review.access import Role
from flywheel.review.access.database import Database
from flywheel.review.access.gate import FILE
from flywheel.review.access.tokens import Tokens
from flywheel.review.access.users import Users
from flywheel.review.app import create_app
from flywheel.settings import Settings
from flywheel.store import Store, open_store
from tests.flywheel.review.cases import add_cases
from tests.flywheel.review.conftest import BASE

PEOPLE = {
    "rosa": (Role.REVIEWER, None),
    "ben": (Role.REVIEWER, None),
    "lena": (Role.LEAD, None),
    "ada": (Role.ADMIN, None),
    "tom": (Role.REVIEWER, "globex"),
}


@dataclass
class World:
    """A served home."""

    app: FastAPI
    store: Store
    cases: list[str]
    tokens: dict[str, str]

    @property
    def desk(self) -> Desk:
        """The one that the API works with."""
        desk: Desk = self.app.state.api.desk
        return desk


def make_world(settings: Settings) -> World:
    """Five cases, and people with a token each."""
    store = open_store(settings)
    cases = add_cases(store)
    database = Database(settings.home / FILE)
    users = Users(database)
    for name, (role, tenant) in PEOPLE.items():
        users.add(name, role, tenant=tenant)
    tokens = Tokens(database)
    given = {name: tokens.make(users, name, "test", None) for name in PEOPLE}
    app = create_app(settings, reviewer="rosa", login=None, allowed_hosts=["testserver"])
    return World(app, store, cases, given)


@pytest.fixture
def world(settings: Settings) -> World:
    """The API of the test's own home."""
    return make_world(settings)


As = Callable[[str], TestClient]


@pytest.fixture
def ask(world: World) -> Iterator[As]:
    """`ask("rosa")` is a client with rosa's token; `ask("")` has none."""
    with ExitStack() as stack:

        def ask(name: str) -> TestClient:
            headers = {"Authorization": f"Bearer {world.tokens[name]}"} if name else {}
            return stack.enter_context(TestClient(world.app, base_url=BASE, headers=headers))

        yield ask
