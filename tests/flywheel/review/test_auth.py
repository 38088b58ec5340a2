"""Who gets in: the one-time link, the session, the form's token, the name asked for."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.testclient import TestClient

from flywheel.review.auth import SESSION_SECONDS, is_open
from flywheel.store import Store
from tests.facts import add_candidate, count_rows
from tests.flywheel.review.conftest import Site, csrf

OPEN = {"/login", "/health"}
"""What a stranger may see; a route added to the page is closed unless it is added here too."""


def _leaves(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """The routes themselves, inside included routers too; anything unknown is an error."""
    for route in routes:
        if isinstance(route, Mount):
            assert route.path == "/static", "another application is mounted: test who may see it"
        elif hasattr(route, "original_router"):  # how FastAPI keeps an included router
            yield from _leaves(route.original_router.routes)
        else:
            assert isinstance(route, APIRoute)
            yield route


def _routes(site: Site, candidate: str) -> Iterator[tuple[str, str]]:
    """Every method and path of the route table, with a real candidate in the path."""
    for route in _leaves(site.app.routes):
        for method in route.methods:
            yield method, route.path.replace("{candidate_id}", candidate)


def test_every_route_but_the_open_ones_refuses_a_stranger(
    site: Site, stranger: TestClient, store: Store
) -> None:
    """Walked from the route table: without a session there is no page, no form, no text."""
    candidate = add_candidate(store, question="What did nobody see?")
    walked = list(_routes(site, candidate))
    assert {path for _, path in walked} >= {*OPEN, "/", f"/cases/{candidate}", "/publish", "/undo"}
    for method, path in walked:
        answer = stranger.request(method, path, data={"verdict": "approve", "csrf": "x"})
        assert "nobody see" not in answer.text
        assert candidate not in answer.text
        if path == "/health":
            assert answer.text == "ok"
        else:
            assert answer.status_code == 401, f"{method} {path}"
        assert "set-cookie" not in answer.headers
    assert count_rows(store, "decisions") == 0


@pytest.mark.parametrize(
    "path",
    ["/docs", "/openapi.json", "/nothing", "/cases/", "//", "/healthz", "/static", "/login/x"],
)
def test_an_unknown_address_is_closed_too(stranger: TestClient, path: str) -> None:
    """Closed is the rule and open the exception; the framework's own pages are off."""
    assert stranger.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/.."])
def test_the_open_folder_opens_nothing_else(stranger: TestClient, path: str) -> None:
    """Style and script come from one folder and no other."""
    assert stranger.get(path).status_code in (401, 404)
    assert stranger.get("/static/review.css").status_code == 200


def test_only_these_paths_are_open() -> None:
    """The rule itself: exact names, and what lies in the folder."""
    assert [p for p in ("/login", "/health", "/static/a") if not is_open(p)] == []
    assert [p for p in ("/", "/static", "/loginx", "/cases/1", "/Health") if is_open(p)] == []


def test_a_link_opens_one_session_and_the_next_is_announced(
    site: Site, stranger: TestClient
) -> None:
    """Somebody who finds a used link gets nowhere; the terminal has the next one."""
    link = site.login.link
    assert stranger.get(link).headers["location"] == "/"
    assert stranger.get("/").status_code == 200
    with site.visit() as other:
        assert other.get(link).status_code == 401
        assert other.get("/").status_code == 401
        assert site.links == [site.login.link]
        assert other.get(site.links[0]).status_code == 303
    assert len(site.links) == 2


def test_the_link_opened_again_by_its_own_browser_goes_on(rosa: TestClient) -> None:
    """Going back to the link in the same browser is no error."""
    assert rosa.get("/login?token=used").status_code == 303


@pytest.mark.parametrize("token", ["", "x", "é" * 40])
def test_a_wrong_token_is_refused(stranger: TestClient, token: str) -> None:
    """And spends nothing."""
    assert stranger.get("/login", params={"token": token}).status_code == 401


def test_the_cookie_is_closed_to_scripts_and_other_sites(site: Site, stranger: TestClient) -> None:
    """Signed, HttpOnly, SameSite=Strict, for one working day."""
    cookie = stranger.get(site.login.link).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"max-age={SESSION_SECONDS};" in cookie


def test_a_forged_or_foreign_cookie_is_none(site: Site, rosa: TestClient) -> None:
    """One changed byte, or another process's signature, ends the session."""
    [(name, value)] = rosa.cookies.items()
    with site.visit() as other:
        other.cookies.set(name, value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:])
        assert other.get("/").status_code == 401
        other.cookies.set(name, "eyJyZXZpZXdlciI6IHRydWV9.Z0000.AAAAAAAAAAAAAAAAAAAAAAAAAAA")
        assert other.get("/").status_code == 401


def test_every_form_needs_its_own_sessions_token(
    site: Site, rosa: TestClient, store: Store
) -> None:
    """Walked from the route table: a POST without the token, or with another's, does nothing."""
    candidate = add_candidate(store)
    posts = [path for method, path in _routes(site, candidate) if method == "POST"]
    assert len(posts) == 3
    with site.visit() as other:
        other.get(site.login.link)
        foreign = csrf(other)
    assert foreign
    assert foreign != csrf(rosa)
    for path in posts:
        for token in ({}, {"csrf": ""}, {"csrf": foreign}):
            answer = rosa.post(path, data={"verdict": "approve", **token})
            assert answer.status_code == 403, path
    assert count_rows(store, "decisions") == 0
    assert site.finished == []


def test_a_form_sent_by_another_site_is_refused(rosa: TestClient, store: Store) -> None:
    """Browsers say where a request comes from; one that says elsewhere is believed."""
    data = {"csrf": csrf(rosa), "verdict": "approve"}
    path = f"/cases/{add_candidate(store)}"
    for origin in ("cross-site", "same-site", "none"):
        answer = rosa.post(path, data=data, headers={"Sec-Fetch-Site": origin})
        assert answer.status_code == 403
    assert rosa.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_every_form_of_every_page_carries_the_token(rosa: TestClient, store: Store) -> None:
    """What the server asks for, the pages send."""
    candidate = add_candidate(store)
    token = csrf(rosa)
    for path in ("/", f"/cases/{candidate}", "/published", "/cases/none"):
        text = rosa.get(path).text
        forms = re.findall(r'<form method="post".*?</form>', text, re.S)
        assert forms, path
        assert all(f'name="csrf" value="{token}"' in form for form in forms), path


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_another_host_name_is_refused(rosa: TestClient, host: str) -> None:
    """DNS rebinding: a page elsewhere that points its name at loopback gets nothing."""
    answer = rosa.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "queue" not in answer.text.lower()


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:1", "LOCALHOST", "[::1]:8765"])
def test_loopback_may_be_asked_for_by_any_of_its_names(stranger: TestClient, host: str) -> None:
    """With any port: a tunnel may change it."""
    assert stranger.get("/health", headers={"Host": host}).status_code == 200
