"""Every route has a rule, and every rule is kept: walked from the route table."""

import re
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from flywheel.review.access import (
    OpenFiles,
    Permission,
    Principal,
    needs,
    open_to_all,
    rules_of,
    signed_in,
)
from flywheel.review.access.permissions import permissions_of
from flywheel.review.access.rules import Needs, Ruled
from flywheel.review.access.sessions import Holder
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate, count_rows
from tests.flywheel.review.access.conftest import CSRF, MakeTeam, Team

OPEN = {"/login", "/login/oidc", "/login/oidc/callback", "/health", "/static/{path:path}"}
"""What a stranger may see; a route added to the page is closed unless it is added here too."""

TEXT = "What did nobody see?"


class Asked(NamedTuple):
    """A method and an address that a route answers to."""

    ruled: Ruled
    method: str
    path: str

    def by(self, client: TestClient) -> int:
        """The status that this browser gets; its form carries the session's token."""
        answer = client.request(self.method, self.path, data={"verdict": "approve", "csrf": CSRF})
        assert answer.status_code < 500, self
        if answer.status_code in (401, 403):
            assert TEXT not in answer.text, self
        return int(answer.status_code)


def _asked(team: Team, candidate: str) -> Iterator[Asked]:
    """The route table with a real candidate in each address; ways out come last."""
    ruled = rules_of(team.app.routes)
    for route in sorted(ruled, key=lambda route: route.path.startswith("/logout")):
        for method in sorted(route.methods):
            yield Asked(route, method, re.sub(r"{[^}]+}", candidate, route.path))


@pytest.fixture
def candidate(store: Store) -> str:
    """A case whose text a refusal must not show."""
    return add_candidate(store, question=TEXT)


def test_only_these_routes_are_open(team: Team) -> None:
    """Closed is the rule and open the exception."""
    assert {route.path for route in rules_of(team.app.routes) if route.is_open} == OPEN


def test_strangers_are_refused(team: Team, candidate: str, store: Store) -> None:
    """Without a session there is no page, no form, no text."""
    walked = list(_asked(team, candidate))
    assert {one.path for one in walked} >= {"/", f"/cases/{candidate}", "/publish", "/undo"}
    for one in walked:
        if not one.ruled.is_open:
            assert one.by(team.visit()) == 401, one
    assert count_rows(store, "decisions") == 0


def test_an_expired_session_is_none(team: Team, candidate: str) -> None:
    """Idle for too long, or too old altogether."""
    for age in ("seen_at = seen_at - 7201", "created_at = created_at - 43201"):
        client = team.enter("ada")
        with team.access.users._database.transaction() as connection:
            connection.execute(f"UPDATE sessions SET {age}")
        for one in _asked(team, candidate):
            if not one.ruled.is_open:
                assert one.by(client) == 401, (one, age)


def test_a_foreign_or_stolen_cookie_is_none(
    team: Team, make_team: MakeTeam, candidate: str
) -> None:
    """Of another home, of a session that was logged out, or with another's signature."""
    [(name, good)] = team.enter("ada").cookies.items()
    elsewhere = make_team(home="other")
    [(_, foreign)] = elsewhere.hold(Holder("link", "owner")).cookies.items()
    id, _, signature = good.rpartition(".")
    gone = team.enter("ada")
    gone.post("/logout", data={"csrf": CSRF})
    ended = team.access.pack("x" * 43)
    for value in (id, f"{id[:-1]}x.{signature}", f"{id}.{signature[:-1]}", ended, foreign):
        client = team.visit()
        client.cookies.set(name, value)
        for one in _asked(team, candidate):
            if not one.ruled.is_open:
                assert one.by(client) == 401, one
    assert gone.get("/").status_code == 401


@pytest.mark.parametrize("name", ["rosa", "lena", "ada", "ines"])
def test_each_role_may_what_the_table_says(team: Team, candidate: str, name: str) -> None:
    """A wrong role is refused everywhere, the right one nowhere."""
    user = team.access.users.find(name)
    assert user
    may = permissions_of(user.role, user.tenant)
    refused = 0
    for one in _asked(team, candidate):
        wanted = {rule.permission for rule in one.ruled.rules if isinstance(rule, Needs)}
        if wanted - may:
            assert one.by(team.enter(name)) == 403, one
            refused += 1
        elif not one.ruled.is_open:
            assert one.by(team.enter(name)) not in (401, 403), one
    assert bool(refused) == (name != "ada"), "there are leads' routes, and an admin's"


def test_what_changes_anything_needs_the_sessions_own_token(
    team: Team, candidate: str, store: Store
) -> None:
    """Missing, empty or another session's: nothing is done; in a header it counts as well."""
    walked = [one for one in _asked(team, candidate) if one.method not in ("GET", "HEAD")]
    assert {one.path for one in walked} >= {"/login", "/logout", "/publish", "/undo"}
    for one in walked:
        client = team.enter("ada")
        for token in ({}, {"csrf": ""}, {"csrf": "of another session"}, {"csrf": "é"}):
            fields = {"verdict": "approve", **token}
            assert client.request(one.method, one.path, data=fields).status_code == 403, one
        wrong = {"X-CSRF-Token": "wrong"}
        data = {"verdict": "approve", "csrf": CSRF}
        answer = client.request(one.method, one.path, data=data, headers=wrong)
        assert answer.status_code == 403, "the header counts where both are given"
    assert count_rows(store, "decisions") == 0
    for one in walked:
        client, right = team.enter("ada"), {"X-CSRF-Token": CSRF}
        answer = client.request(one.method, one.path, data={"verdict": "skip"}, headers=right)
        assert answer.status_code != 403, one


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://127.0.0.1:8765"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://127.0.0.1:9999"}, False),
        ({"Origin": "http://["}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://127.0.0.1:8765.evil.example"}, False),
    ],
)
def test_a_form_of_another_site_is_refused(
    team: Team, headers: dict[str, str], allowed: bool
) -> None:
    """Though it had the token: browsers say where a request comes from, and are believed."""
    answer = team.enter("ada").post("/publish", data={"csrf": CSRF}, headers=headers)
    assert answer.status_code == (303 if allowed else 403)


@pytest.mark.parametrize(
    ("site", "mode", "dest", "allowed"),
    [
        ("cross-site", "navigate", "document", True),  # a link in a colleague's message
        ("none", "navigate", "document", True),
        ("cross-site", "navigate", "iframe", False),
        ("cross-site", "no-cors", "image", False),
        ("cross-site", "cors", "empty", False),
        ("same-site", "no-cors", "script", False),
        ("same-origin", "cors", "empty", True),
    ],
)
def test_another_site_may_link_here_and_no_more(
    team: Team, site: str, mode: str, dest: str, allowed: bool
) -> None:
    """No picture, script, frame or fetch of another page brings the reviewer's session along."""
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    answer = team.enter("ada").get("/", headers=headers)
    assert answer.status_code == (200 if allowed else 403)


def test_a_route_without_a_rule_is_found() -> None:
    """On the application, in routers and in what is mounted; each message names the path."""

    def nothing() -> None: ...

    router = APIRouter()
    router.add_api_route("/inner", nothing)
    plain, included, mounted, files, other, docs = (FastAPI(openapi_url=None) for _ in range(6))
    plain.add_api_route("/bare", nothing)
    included.include_router(router, prefix="/api")
    inner = FastAPI(openapi_url=None)
    inner.add_api_route("/deep", nothing)
    mounted.mount("/sub", inner)
    files.mount("/files", StaticFiles(directory="."))
    other.mount("/wsgi", PlainTextResponse("hello"))
    docs.add_route("/openapi.json", lambda request: PlainTextResponse("{}"))
    for app, named in (
        (plain, "/bare"),
        (included, "/api/inner"),
        (mounted, "/sub/deep"),
        (files, "/files"),
        (other, "/wsgi"),
        (docs, "/openapi.json"),
    ):
        with pytest.raises(RuntimeError, match=f"^{named}: .*no rule"):
            rules_of(app.routes)


def test_a_websocket_has_no_rule_and_gets_no_answer(team: Team) -> None:
    """There is none here; one that somebody adds stops the start."""
    app = FastAPI(openapi_url=None)

    @app.websocket("/live")
    async def live() -> None: ...

    with pytest.raises(RuntimeError, match="/live"):
        rules_of(app.routes)
    with pytest.raises(Exception), team.enter("ada").websocket_connect("/live"):  # noqa: B017
        pass


def test_the_application_does_not_start_with_a_route_without_a_rule(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not only a test: `create_app` raises."""
    from flywheel.review import app as module

    router = APIRouter()
    router.add_api_route("/forgotten", lambda: None)
    monkeypatch.setattr(module, "everything", router)
    with pytest.raises(RuntimeError, match="/forgotten: this route has no rule"):
        module.create_app(settings, reviewer="rosa", login=None)


def test_rules_may_stand_on_a_route_or_on_its_router() -> None:
    """Several have to agree: a route is open only when all of its rules are."""
    router = APIRouter(dependencies=[Depends(open_to_all)])

    @router.get("/a")
    def a(principal: Annotated[Principal, Depends(needs(Permission.BULK))]) -> None: ...

    @router.get("/b")
    def b() -> None: ...

    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix="/x", dependencies=[Depends(signed_in)])
    app.include_router(router)
    app.mount("/files", OpenFiles(directory="."))
    found = {ruled.path: ruled for ruled in rules_of(app.routes)}
    assert set(map(repr, found["/x/a"].rules)) == {"signed in", "open to all", "needs bulk"}
    assert {path for path, ruled in found.items() if ruled.is_open} == {
        "/b",
        "/files/{path:path}",
    }


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/nothing", "/static", "/api/v1"])
def test_an_unknown_address_is_closed_too(team: Team, path: str) -> None:
    """A stranger does not even learn what there is."""
    assert team.visit().get(path).status_code == 401
    assert team.enter("ada").get(path).status_code in (404, 307)


def test_programs_are_refused_in_json(team: Team) -> None:
    """What asks below /api/ gets no page, and hears how to come in."""
    answer = team.visit().get("/api/v1/anything")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Log in first."
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%252e%252e/app.py",
        "/static/..\\app.py",
        "/static//etc/passwd",
        "/static/review.css%00.py",
    ],
)
def test_the_open_folder_opens_nothing_else(team: Team, path: str) -> None:
    """Style and script come from one folder and no other."""
    assert team.visit().get(path).status_code in (401, 404)
    assert team.visit().get("/static/review.css").status_code == 200
