"""A provider whose keys change, that lies about itself, or that is slow: on loopback."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flywheel.review.access import oidc
from flywheel.review.access.permissions import Role
from tests.flywheel.review.access.conftest import MakeTeam, Team
from tests.flywheel.review.access.provider import (
    CLIENT,
    NEXT,
    SECRET,
    OpenIdProvider,
    running,
)
from tests.flywheel.review.access.test_oidc import _log_in
from tests.flywheel.review.conftest import BASE

_JWKS = "/jwks"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    """The provider, which knows rosa."""
    with running() as provider:
        yield provider


@pytest.fixture
def team(make_team: MakeTeam, provider: OpenIdProvider) -> Team:
    """A team that has rosa, whom the provider calls by her address."""
    named = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    team = make_team(public_url=BASE, oidc=named)
    team.access.users.add("rosa", Role.REVIEWER, login="rosa@example.com")
    return team


@pytest.mark.parametrize("kid", ["k2", "k1", None])
def test_a_provider_may_change_its_keys(
    team: Team, provider: OpenIdProvider, kid: str | None
) -> None:
    """Under another id, under the same, or under none: the next login is by the new one."""
    provider.kid = None if kid is None else "k1"
    assert _log_in(team.visit(), provider).status_code == 303
    provider.key, provider.kid = NEXT, kid
    assert _log_in(team.visit(), provider).status_code == 303
    assert provider.asked[_JWKS] == 2


@pytest.mark.parametrize("wrong", ["kid", "key"])
def test_tokens_of_unknown_keys_are_no_storm(
    team: Team, provider: OpenIdProvider, wrong: str
) -> None:
    """The keys are not fetched anew for each of them, and all are refused."""
    assert _log_in(team.visit(), provider).status_code == 303
    provider.published, provider.forge = provider.document(_JWKS), "key"
    provider.published = provider.published and provider.published["keys"][0]
    for number in range(8):
        provider.kid = f"unknown-{number}" if wrong == "kid" else "k1"
        assert _log_in(team.visit(), provider).status_code == 401
    assert provider.asked[_JWKS] <= 2
    provider.forge, provider.kid = "", "k1"
    assert _log_in(team.visit(), provider).status_code == 303


def test_a_key_that_was_withdrawn_is_believed_for_minutes_at_the_most(
    team: Team, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thief needs no unknown key, which alone would have the keys read anew."""
    assert _log_in(team.visit(), provider).status_code == 303
    provider.withdraw()
    assert 0 < oidc._BELIEVED_S <= 900
    monkeypatch.setattr(oidc, "_BELIEVED_S", 0)
    assert _log_in(team.visit(), provider).status_code == 401


@pytest.mark.parametrize(
    "metadata",
    [
        {"authorization_endpoint": None},
        {"authorization_endpoint": 7},
        {"id_token_signing_alg_values_supported": [["RS256"]]},
        {"id_token_signing_alg_values_supported": 5},
    ],
    ids=str,
)
def test_a_configuration_that_says_no_sense_is_told(
    team: Team, provider: OpenIdProvider, metadata: dict[str, Any]
) -> None:
    """As a provider that cannot be asked, which is no bug of the page; mended, it is asked anew."""
    provider.metadata = metadata
    assert team.visit().get("/login/oidc").status_code == 502
    provider.metadata = {}
    assert _log_in(team.visit(), provider).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"groups": "leads"},
        {"groups": 7},
        {"groups": {"leads": True}},
        {"groups": [["leads"], {"name": "leads"}, None, 7]},
    ],
    ids=str,
)
def test_groups_in_no_known_form_give_no_role(
    make_team: MakeTeam, provider: OpenIdProvider, claims: dict[str, Any]
) -> None:
    """A list of names is one; all else is as if there were no groups."""
    named = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    team = make_team(public_url=BASE, oidc=named | {"roles": {"leads": "lead"}})
    provider.claims |= claims
    assert _log_in(team.visit(), provider).status_code == 403


@pytest.mark.parametrize(
    "called",
    ["", " ", "n" * 10_000, "ro\0sa", "ro\nsa", "ro\u200bsa", "\u202erosa", "rosa\ufe0f",
     "rosa\u034f", "rosa\u3164", "rosa ", None, 7, ["rosa"]],
    ids=ascii,
)  # fmt: skip
def test_a_name_that_cannot_be_told_from_another_is_none(
    make_team: MakeTeam, provider: OpenIdProvider, called: object
) -> None:
    """Empty, endless, or with what nobody sees: nobody comes in under it."""
    named = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
    named |= {"name_claim": "preferred_username"}
    team = make_team(public_url=BASE, oidc=named, default_role="reviewer")
    team.access.users.add("rosa", Role.LEAD, login="rosa@example.com")
    provider.claims["preferred_username"] = called
    client = team.visit()
    assert _log_in(client, provider).status_code == 403
    assert client.get("/").status_code == 401


def test_a_token_of_a_megabyte_is_refused(team: Team, provider: OpenIdProvider) -> None:
    """Before anybody reads its claims."""
    provider.claims["more"] = "x" * 2**20
    began = time.monotonic()
    assert _log_in(team.visit(), provider).status_code == 401
    assert time.monotonic() - began < 5


def test_a_slow_provider_keeps_nobody_else_waiting(
    team: Team, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty who log in get their answer in bounded time, byte by byte or not at all; who comes
    meanwhile gets a page at once.
    """
    monkeypatch.setattr(oidc, "_TIMEOUT_S", 1)
    provider.drips_s = 0.2

    async def many() -> tuple[float, list[int]]:
        transport = httpx.ASGITransport(team.app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            logins = [asyncio.ensure_future(client.get("/login/oidc")) for _ in range(20)]
            await asyncio.sleep(0.3)
            began = time.monotonic()
            assert (await client.get("/login")).status_code == 401
            waited = time.monotonic() - began
            return waited, [one.status_code for one in await asyncio.gather(*logins)]

    began = time.monotonic()
    waited, answers = asyncio.run(many())
    assert set(answers) == {502}
    assert waited < 1
    assert time.monotonic() - began < 5
