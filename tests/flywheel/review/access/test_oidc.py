"""Logins by an OpenID Connect provider: a real one on loopback, honest and otherwise."""

import logging
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from flywheel.errors import ConfigError
from flywheel.review.access.oidc import make_provider
from flywheel.review.access.permissions import Role
from flywheel.settings import OidcSettings, ReviewSettings
from tests.flywheel.review.access.conftest import MakeTeam, Team
from tests.flywheel.review.access.provider import CLIENT, SECRET, OpenIdProvider, running
from tests.flywheel.review.conftest import BASE


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    """The provider, which knows rosa."""
    with running() as provider:
        yield provider


def _team(make_team: MakeTeam, provider: OpenIdProvider, **changes: Any) -> Team:
    oidc = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    review = {name: changes.pop(name) for name in ("default_role",) if name in changes}
    return make_team(public_url=BASE, oidc=oidc | changes, **review)


@pytest.fixture
def team(make_team: MakeTeam, provider: OpenIdProvider) -> Team:
    """A team that has rosa, whom the provider calls by her address."""
    team = _team(make_team, provider)
    team.access.users.add("rosa", Role.REVIEWER, login="rosa@example.com")
    return team


def _start(client: TestClient, next: str = "/") -> str:
    """Where the browser is sent to log in."""
    answer = client.get("/login/oidc", params={"next": next})
    assert answer.status_code == 302
    return str(answer.headers["location"])


def _come_back(client: TestClient, url: str) -> Any:
    """The provider's page sends the browser back: a link from another site."""
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    return client.get(url.removeprefix(BASE), headers=headers)


def _log_in(client: TestClient, provider: OpenIdProvider, next: str = "/") -> Any:
    return _come_back(client, provider.authorize(_start(client, next)))


def test_somebody_whom_the_provider_vouches_for_is_in(team: Team, provider: OpenIdProvider) -> None:
    """As the user whom it calls so; led to where they wanted, with a session of their own."""
    client = team.visit()
    assert "Log in with your organisation" in client.get("/").text
    [(_, before)] = client.cookies.items()
    answer = _log_in(client, provider, "/?state=approved")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?state=approved")
    [(_, after)] = client.cookies.items()
    assert before != after
    page = client.get("/")
    assert "Reviewing as <b>rosa</b>" in page.text
    assert "Publish now" not in page.text
    assert provider.refused == []


def test_what_is_asked_for_is_bound_to_this_browser(team: Team, provider: OpenIdProvider) -> None:
    """State, nonce and challenge are new each time; the way back is the configured one."""
    first, second = (parse_qs(urlsplit(_start(team.visit())).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 20
        assert first[name] != second[name]
    assert first["redirect_uri"] == [f"{BASE}/login/oidc/callback"]
    assert "openid" in first["scope"][0].split()


def test_a_link_of_another_site_leads_nowhere_else(team: Team, provider: OpenIdProvider) -> None:
    """Not even behind a good login."""
    answer = _log_in(team.visit(), provider, "//evil.example")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("forge", ["key", "none", "hmac", "missing"])
def test_a_forged_signature_is_refused(team: Team, provider: OpenIdProvider, forge: str) -> None:
    """Another's key, no signature, the public key taken for a secret, no token at all."""
    provider.forge = forge
    client = team.visit()
    assert _log_in(client, provider).status_code == 401
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"aud": "somebody-else", "azp": CLIENT},
        {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "of another login"},
        {"nonce": None},
        {"exp": -3_600},
        {"exp": None},
        {"iat": 3_600},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_is_refused(
    team: Team, provider: OpenIdProvider, claims: dict[str, Any]
) -> None:
    """Wrong audience, issuer or nonce, too old, from the future: signed as it is.

    A number is seconds from now: parameters that tell the time differ between the workers.
    """
    now = int(time.time())
    provider.claims |= {k: now + v if isinstance(v, int) else v for k, v in claims.items()}
    client = team.visit()
    assert _log_in(client, provider).status_code == 401
    assert client.get("/").status_code == 401


def test_a_state_is_good_once(team: Team, provider: OpenIdProvider) -> None:
    """The same way back a second time: in the same browser, or with the session of before."""
    client = team.visit()
    back = provider.authorize(_start(client))
    [(name, visitor)] = client.cookies.items()
    assert _come_back(client, back).status_code == 303
    replay = team.visit()
    replay.cookies.set(name, visitor)
    assert _come_back(replay, back).status_code == 401
    client.post("/logout", headers={"X-CSRF-Token": _token(client)})
    assert _come_back(client, back).status_code == 401


def _token(client: TestClient) -> str:
    return client.get("/").text.partition('name="csrf" value="')[2].partition('"')[0]


def test_a_way_back_is_good_in_one_browser(team: Team, provider: OpenIdProvider) -> None:
    """Nobody is logged in as somebody else by a link: login CSRF."""
    back = provider.authorize(_start(team.visit()))
    assert _come_back(team.visit(), back).status_code == 401
    other = team.visit()
    _start(other)
    assert _come_back(other, back).status_code == 401


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied&state=x"]
)
def test_a_way_back_without_a_login_is_refused(team: Team, query: str) -> None:
    """And what it says is not repeated."""
    answer = team.visit().get(f"/login/oidc/callback{query}")
    assert answer.status_code == 401
    assert "access_denied" not in answer.text


def test_a_code_of_another_login_is_refused(team: Team, provider: OpenIdProvider) -> None:
    """PKCE: a code that was stolen on its way is good in no other browser."""
    stolen = parse_qs(urlsplit(provider.authorize(_start(team.visit()))).query)["code"][0]
    thief = team.visit()
    state = parse_qs(urlsplit(_start(thief)).query)["state"][0]
    answer = thief.get(f"/login/oidc/callback?code={stolen}&state={state}")
    assert answer.status_code == 401
    assert provider.refused == ["verifier"]


def test_who_is_no_user_is_refused(team: Team, provider: OpenIdProvider) -> None:
    """Though they logged in there; the page says whom to ask."""
    provider.claims["email"] = "eve@example.com"
    client = team.visit()
    answer = _log_in(client, provider)
    assert answer.status_code == 403
    assert "may not come in here" in answer.text
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(
    "called",
    [
        "rosa",
        "ROSA",
        "ｒosa",
        "person-0123456789abcdef",
        "owner",
        "Owner",
        "argilla:3",
        "label-studio:3",
    ],
)
def test_a_guest_is_nobody_else_by_being_called_so(
    make_team: MakeTeam, provider: OpenIdProvider, called: str
) -> None:
    """Neither a user whom the provider calls otherwise, nor whom a pseudonym or the terminal's link
    stands for, nor a labelling tool's user.
    """
    team = _team(make_team, provider, name_claim="preferred_username", default_role="reviewer")
    team.access.users.add("rosa", Role.LEAD, login="rosa@example.com")
    provider.claims["preferred_username"] = called
    client = team.visit()
    assert _log_in(client, provider).status_code == 403
    assert client.get("/").status_code == 401
    provider.claims["preferred_username"] = "guest"
    assert _log_in(team.visit(), provider).status_code == 303


def test_groups_give_a_role_and_a_tenant(make_team: MakeTeam, provider: OpenIdProvider) -> None:
    """To those who are no users; their session has them as they were at the login."""
    team = _team(
        make_team,
        provider,
        roles={"leads": "lead"},
        tenants={"acme-team": "acme", "leads": "*"},
        domains=("example.com",),
    )
    provider.claims["groups"] = ["leads"]
    client = team.visit()
    assert _log_in(client, provider).status_code == 303
    assert "Publish now" in client.get("/").text
    provider.claims["groups"] = []
    assert _log_in(team.visit(), provider).status_code == 403
    provider.claims |= {"groups": ["leads"], "email": "rosa@evil.example"}
    assert _log_in(team.visit(), provider).status_code == 403


def test_a_user_who_is_removed_is_out(team: Team, provider: OpenIdProvider) -> None:
    """At the next request, though the provider's session goes on."""
    client = team.visit()
    _log_in(client, provider)
    assert client.get("/").status_code == 200
    team.access.users.remove("rosa")
    assert client.get("/").status_code == 401
    assert _log_in(client, provider).status_code == 403


def test_nothing_that_the_provider_hands_over_is_kept(
    team: Team, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """No code, no token, no secret: not in a log at any level, not in a byte of the home."""
    client = team.visit()
    with caplog.at_level(logging.DEBUG):
        assert _log_in(client, provider).status_code == 303
        provider.forge = "key"
        _log_in(team.visit(), provider)
    assert len(provider.issued) == 6
    home = team.access.users._database.path.parent
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    said = [record.getMessage() for record in caplog.records]
    told = "\n".join(line for line in said if BASE not in line)  # the browser's own log
    told += client.get("/").text
    for secret in [*provider.issued, SECRET]:
        assert secret not in told
        assert secret.encode() not in held
    assert "Using code_verifier" not in told


def test_a_provider_that_cannot_be_asked_is_told(
    make_team: MakeTeam, provider: OpenIdProvider
) -> None:
    """Another issuer than was configured, or nobody there; it is asked again the next time."""
    team = _team(make_team, provider)
    provider.metadata = {"issuer": "https://evil.example"}
    answer = team.visit().get("/login/oidc")
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text
    provider.metadata = {}
    assert team.visit().get("/login/oidc").status_code == 302
    gone = make_team(public_url=BASE, oidc={"issuer": "http://127.0.0.1:9", "client_id": CLIENT})
    assert gone.visit().get("/login/oidc").status_code == 502


def test_a_login_reads_no_certificates(
    team: Team, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strangers ask for it, and while a context is made the whole page stands still."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a context was made for one request")

    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", refuse)
    monkeypatch.setattr("ssl.SSLContext.load_default_certs", refuse)
    assert _log_in(team.visit(), provider).status_code == 303


def test_without_a_provider_there_is_no_such_way(make_team: MakeTeam) -> None:
    """Nothing is asked of anybody."""
    assert make_team().visit().get("/login/oidc").status_code == 404
    assert make_team().visit().get("/login/oidc/callback?code=x&state=x").status_code == 404


@pytest.mark.parametrize(
    ("oidc", "public_url", "said"),
    [
        ({"client_id": ""}, BASE, "CLIENT_ID"),
        ({"client_id": CLIENT}, None, "PUBLIC_URL"),
        ({"client_id": CLIENT, "scopes": ("email",)}, BASE, "openid"),
    ],
)
def test_settings_that_lack_something_are_refused(
    oidc: dict[str, Any], public_url: str | None, said: str
) -> None:
    """Before the page starts."""
    settings = OidcSettings(issuer="https://id.example.com", **oidc)
    with pytest.raises(ConfigError, match=said):
        make_provider(ReviewSettings(oidc=settings, public_url=public_url))


def test_what_was_searched_for_is_not_written_on_the_way(team: Team) -> None:
    """The session's row holds where to go back to, without the words that were typed there."""
    _start(team.visit(), "/?state=approved&text=jane.miller%40miller.example")
    path = team.access.users._database.path
    written = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert b"state=approved" in written
    assert b"jane.miller" not in written
