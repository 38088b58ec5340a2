"""What somebody sends never becomes a header, an address or another host's page."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from flywheel.review.access.permissions import Role
from flywheel.review.access.tokens import open_tokens
from flywheel.review.access.users import open_users
from flywheel.settings import Settings
from flywheel.store import Store
from tests.facts import add_candidate
from tests.flywheel.review.access.conftest import CSRF, Team
from tests.flywheel.review.command import reviewing

SPLIT = "x\r\nSet-Cookie: planted=1\r\n\r\n<script>alert(1)</script>"


def test_a_line_break_in_a_filter_splits_no_header(team: Team, store: Store) -> None:
    """Filters go along in redirects: encoded, they stay one header's value."""
    ids = [add_candidate(store, question=f"q{n}") for n in range(2)]
    client = team.enter("rosa")
    answer = client.post(
        f"/cases/{ids[0]}", params={"feature": SPLIT}, data={"csrf": CSRF, "verdict": "skip"}
    )
    assert answer.status_code == 303
    assert "planted" not in answer.headers.get("set-cookie", "")
    assert "\n" not in answer.headers["location"]
    assert urlsplit(answer.headers["location"]).netloc == ""


@pytest.mark.parametrize(
    "path", ["/cases/{}", "/{}", "/?feature={}", "/login?next=/{}", "/login?token={}"]
)
def test_what_an_address_holds_is_in_no_header(team: Team, path: str) -> None:
    """Nor as markup in a page."""
    encoded = "x%0d%0aSet-Cookie:%20planted=1%0d%0a%3Cscript%3Ealert(1)%3C/script%3E"
    for client in (team.visit(), team.enter("rosa")):
        answer = client.get(path.format(encoded))
        assert answer.status_code < 500
        assert "planted" not in str(answer.headers)
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:8765@evil.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
)
def test_another_host_gets_nothing(team: Team, headers: dict[str, str]) -> None:
    """DNS rebinding: a page elsewhere that points its name at this machine."""
    answer = team.enter("rosa").get("/", headers=headers)
    assert answer.status_code == 400
    assert "queue" not in answer.text.lower()


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL"])
def test_no_header_changes_where_a_link_leads(team: Team, name: str) -> None:
    """Addresses are made of the settings and of paths, not of what a request says."""
    answer = team.visit().get("/", headers={name: "evil.example"})
    assert "evil.example" not in answer.text + str(answer.headers)
    answer = team.visit().get(team.login.link, headers={name: "evil.example"})
    assert answer.headers["location"] == "/"


def test_two_servers_on_one_home(settings: Settings) -> None:
    """Whom one lets in the other knows; whoever is taken out is out of both at once."""
    users = open_users(settings)
    users.add("rosa", Role.LEAD)
    token = open_tokens(settings).make(users, "rosa", "")
    with reviewing(settings, "--reviewer", "owner") as one, reviewing(settings) as two:
        for page in (one, two):
            assert _ask(page.base, {"Authorization": f"Bearer {token}"}) == 200
            assert _ask(page.base, {}) == 401
            assert _ask(page.base, {"Host": "evil.example"}) == 400
        users.remove("rosa")
        for page in (one, two):
            assert _ask(page.base, {"Authorization": f"Bearer {token}"}) == 401
    for page in (one, two):
        assert page.code == 0
        assert token not in page.errors


def _ask(base: str, headers: dict[str, str]) -> int:
    parts = urlsplit(base)
    connection = HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", "/", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/login", "/cases/c-1/check", "/api/v1/decisions/bulk"])
def test_no_form_has_files(team: Team, path: str) -> None:
    """A long one would be written to a temporary file, unscrubbed, whoever sends it."""
    part = {"output": ("a.txt", b"x" * 2_000_000)}
    for client in (team.visit(), team.enter("rosa")):
        answer = client.post(path, files=part, headers={"X-CSRF-Token": CSRF})
        assert answer.status_code == 415
