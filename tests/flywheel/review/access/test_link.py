"""Who gets in: the one-time link, the session, the form's token, the name asked for."""

import re

import pytest
from starlette.testclient import TestClient

from flywheel.cli.review import _login
from flywheel.review.access.permissions import Role
from flywheel.review.access.sessions import Holder
from flywheel.review.access.users import open_users
from flywheel.review.app import create_app
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.conftest import BASE, Site, csrf


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
    """Signed, HttpOnly, SameSite, for one working day, for this host alone."""
    cookie = stranger.get(site.login.link).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=43200;" in cookie
    assert "path=/;" in cookie
    assert "domain" not in cookie


def test_a_forged_or_foreign_cookie_is_none(site: Site, rosa: TestClient) -> None:
    """One changed byte, or another key's signature, and nobody is known."""
    [(name, value)] = rosa.cookies.items()
    with site.visit() as other:
        other.cookies.set(name, value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:])
        assert other.get("/").status_code == 401
        other.cookies.set(name, "eyJyZXZpZXdlciI6IHRydWV9.Z0000.AAAAAAAAAAAAAAAAAAAAAAAAAAA")
        assert other.get("/").status_code == 401


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


@pytest.mark.parametrize(
    ("host", "alone", "with_users"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("localhost", True, True),
        ("0.0.0.0", True, False),
        ("review.example.com", True, False),
    ],
)
def test_beyond_loopback_users_take_the_links_place(
    settings: Settings, host: str, alone: bool, with_users: bool
) -> None:
    """Without users it is the only way in; with them it stays where nobody else can come."""
    assert (_login(settings, host, BASE) is not None) == alone
    open_users(settings).add("rosa", Role.ADMIN)
    assert (_login(settings, host, BASE) is not None) == with_users


def test_without_a_link_no_token_lets_in(settings: Settings) -> None:
    """Nor does a session that a link once began."""
    app = create_app(settings, reviewer="rosa", login=None)
    id = app.state.access.sessions.begin(Holder("link", "rosa"), {})
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        assert client.get("/login?token=").status_code == 401
        assert client.get("/login?token=x").status_code == 401
        client.cookies.set(app.state.access.cookie, app.state.access.pack(id))
        assert client.get("/").status_code == 401
