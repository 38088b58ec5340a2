"""The review page's application with a store of its own, seen by strangers and by a reviewer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from flywheel.desk import CaseFile, Desk, Viewer
from flywheel.review.access.link import Login
from flywheel.review.app import create_app
from flywheel.review.site import Review
from flywheel.settings import Settings
from flywheel.steps.promote import PromoteReport
from flywheel.store import Store, open_store

BASE = "http://127.0.0.1:8765"
AUDITOR = Viewer("auditor", adjudicates=True)
SCRIPT = {"Accept": "application/json", "X-Fragment": "1"}
"""What the page's script says with each request."""


@dataclass
class Site:
    """The application and what it told the outside."""

    app: FastAPI
    database: Path
    login: Login
    links: list[str]
    """Links announced after the first one was used."""
    finished: list[int] = field(default_factory=list)
    """Batches that were announced."""
    somebody_promotes: bool = True
    """What the announcement says back."""
    _read: list[tuple[int, int]] = field(default_factory=list)

    def visit(self) -> TestClient:
        """A browser without a session."""
        return Browser(self, base_url=BASE, follow_redirects=False)

    @property
    def desk(self) -> Desk:
        """What the pages read and write; what the test wrote has come there."""
        self.catch_up()
        return self._desk

    @property
    def _desk(self) -> Desk:
        review: Review = self.app.state.review
        return review.desk

    def catch_up(self) -> None:
        """Have the desk read what the test wrote into the store since.

        A running server does so within a second or two: sooner than a page is asked for here, or
        later, as busy as the machine is.
        """
        if self._written() != self._read:
            self._desk.refresh()
            self._read = self._written()  # reading empties the write-ahead log

    def _written(self) -> list[tuple[int, int]]:
        paths = (self.database, self.database.with_name(f"{self.database.name}.wal"))
        return [
            (found.st_mtime_ns, found.st_size) for p in paths if p.exists() for found in [p.stat()]
        ]

    def file(self, candidate_id: str, viewer: Viewer = AUDITOR) -> CaseFile:
        """A case as it stands, by default for somebody who decides nothing."""
        file = self.desk.case(candidate_id, viewer)
        assert file is not None
        return file

    def stands(self, candidate_id: str) -> tuple[str, str | None]:
        """A case's state and the verdict that it stands by."""
        view = self.file(candidate_id).view
        return view.state, None if view.verdict is None else str(view.verdict)

    def announce(self, count: int) -> bool:
        """Stands where Prefect would be told."""
        self.finished.append(count)
        return self.somebody_promotes


class Browser(TestClient):
    """Asks the site for what the test has written until then, while it serves."""

    def __init__(self, site: Site, **how: Any) -> None:
        """`how` as the class above takes it."""
        super().__init__(site.app, **how)
        self._site = site

    def request(self, *asked: Any, **how: Any) -> Any:
        """One request."""
        if self.portal is not None:  # else the application is not started, and reads by itself
            self._site.catch_up()
        return super().request(*asked, **how)


@pytest.fixture
def store(settings: Settings) -> Store:
    """The test's store."""
    return open_store(settings)


@pytest.fixture
def site(settings: Settings) -> Site:
    """The application as the command line puts it together."""
    links: list[str] = []
    login = Login(BASE, links.append)
    site = Site(FastAPI(), settings.database_path, login, links)
    site.app = create_app(settings, reviewer="rosa", login=login, on_finished=site.announce)
    return site


@pytest.fixture
def stranger(site: Site) -> Iterator[TestClient]:
    """A browser without a session."""
    with site.visit() as client:
        yield client


@pytest.fixture
def rosa(site: Site) -> Iterator[TestClient]:
    """A browser that came by the link."""
    with site.visit() as client:
        assert client.get(site.login.link).status_code == 303
        yield client


def csrf(client: TestClient) -> str:
    """The token that this session's forms carry."""
    page = client.get("/published").text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def ask(client: TestClient, path: str, **fields: str) -> Any:
    """Submit a form as script does."""
    return client.post(path, data={"csrf": csrf(client), **fields}, headers=SCRIPT)


def send(client: TestClient, path: str, **fields: str) -> Any:
    """Submit one of the page's forms."""
    return client.post(path, data={"csrf": csrf(client), **fields})


def last(client: TestClient) -> str:
    """The decision that the page's undo takes back."""
    page = client.get("/published").text
    return page.partition('name="decision" value="')[2].partition('"')[0]


def nothing_changed() -> PromoteReport:
    """A promotion without news."""
    none = {"golden": 0, "bank": 0}
    return PromoteReport(added=none, withdrawn=none, refused=(), release=None, published=False)
