"""Serves the review page from this process, for browsers: quick to start, the app within reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import monotonic, sleep

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page

from flywheel.review.access.link import Login
from flywheel.review.access.permissions import Role
from flywheel.review.app import create_app
from flywheel.review.server import base_url, bind
from flywheel.settings import Settings
from flywheel.steps.promote import PromoteReport

PASSWORD = "a long enough password of tests"


@dataclass
class Served:
    """The running page."""

    base: str
    app: FastAPI
    login: Login

    def enter(self, page: Page) -> None:
        """Come in by the terminal's link, as an admin."""
        page.goto(self.login.link)

    def enter_as(self, page: Page, name: str) -> None:
        """Come in by name and password."""
        page.goto(f"{self.base}/login")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(f"{self.base}/")


@contextmanager
def serving(
    settings: Settings, *people: tuple[str, Role], tenant: str | None = None
) -> Iterator[Served]:
    """The page on a free port, with users of these names and roles; nothing is promoted."""
    from flywheel.review.access.database import Database
    from flywheel.review.access.gate import FILE
    from flywheel.review.access.passwords import Passwords
    from flywheel.review.access.users import Users

    users = Users(Database(settings.home / FILE), Passwords())
    for name, role in people:
        users.add(name, role, tenant=tenant, password=PASSWORD)
    listener = bind("127.0.0.1", 0)
    address = base_url("127.0.0.1", int(listener.getsockname()[1]))
    login = Login(address, lambda link: None)
    app = create_app(settings, reviewer="rosa", login=login, promote=_nothing)
    config = uvicorn.Config(app, log_config=None, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until = monotonic() + 60
    while not server.started and thread.is_alive() and monotonic() < until:
        sleep(0.02)
    try:
        yield Served(address, app, login)
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


def _nothing() -> PromoteReport:
    none = {"golden": 0, "bank": 0}
    return PromoteReport(added=none, withdrawn=none, refused=(), release=None, published=False)
