"""Who somebody is here, by what a provider says of them."""

from typing import Any

import pytest

from flywheel.review.access.claims import NotAllowed, holder_for, name_in
from flywheel.review.access.permissions import Role
from flywheel.review.access.users import User
from flywheel.settings import OidcSettings

MAIL = {"email": "rosa@example.com", "email_verified": True}
ROSA = User("rosa", "rosa@example.com", Role.LEAD, "acme", False, 7, 0.0)


def _settings(**changes: Any) -> OidcSettings:
    return OidcSettings(issuer="https://id.example.com", client_id="x", **changes)


def test_a_verified_address_is_a_name() -> None:
    """So is any other claim that the settings name."""
    assert name_in(MAIL, _settings()) == "rosa@example.com"
    claims = {"preferred_username": "rosa"}
    assert name_in(claims, _settings(name_claim="preferred_username")) == "rosa"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "rosa@example.com"},
        {"email": "rosa@example.com", "email_verified": False},
        {"email": "rosa@example.com", "email_verified": "true"},
        {"email_verified": True},
        {"email": "", "email_verified": True},
        {"email": ["rosa@example.com"], "email_verified": True},
        {"email": "rosa\n@example.com", "email_verified": True},
    ],
)
def test_an_address_that_nobody_verified_is_none(claims: dict[str, Any]) -> None:
    """Anybody can write any address into an account; and what is no line is no name."""
    with pytest.raises(NotAllowed) as error:
        name_in(claims, _settings())
    assert "rosa" not in str(error.value)


@pytest.mark.parametrize(
    ("email", "allowed"),
    [
        ("a@example.com", True),
        ("a@EXAMPLE.com", True),
        ("a@evil-example.com", False),
        ("a@example.com.evil", False),
        ("a@sub.example.com", False),
        ("a@evil@example.com", True),
        ("example.com", False),
    ],
)
def test_domains_are_compared_whole(email: str, allowed: bool) -> None:
    """What stands behind the last @."""
    claims = {"email": email, "email_verified": True}
    settings = _settings(domains=("@example.com",))
    if allowed:
        assert name_in(claims, settings) == email
    else:
        with pytest.raises(NotAllowed, match="domain"):
            name_in(claims, settings)


def test_a_user_has_their_own_role() -> None:
    """Whatever their groups are; their session ends with their version."""
    settings = _settings(roles={"leads": "admin"})
    holder = holder_for("rosa@example.com", {"groups": ["leads"]}, ROSA, settings, "admin")
    assert (holder.name, holder.version, holder.role, holder.tenant) == ("rosa", 7, None, None)


def test_groups_give_the_highest_role() -> None:
    """Of those that they are in; else the default; else none."""
    settings = _settings(roles={"staff": "reviewer", "leads": "lead"})
    claims = {"groups": ["staff", "leads", 7, "other"]}
    assert holder_for("x", claims, None, settings, None).role is Role.LEAD
    assert holder_for("x", {"groups": ["other"]}, None, settings, "reviewer").role is Role.REVIEWER
    for groups in (["other"], [], None, "leads", {"leads": 1}):
        with pytest.raises(NotAllowed, match="no user"):
            holder_for("x", {"groups": groups}, None, settings, None)


@pytest.mark.parametrize(
    ("groups", "tenant"), [(["a"], "acme"), (["a", "a2"], "acme"), (["all", "a"], None)]
)
def test_groups_bind_to_a_tenant(groups: list[str], tenant: str | None) -> None:
    """Only the star means all."""
    tenants = {"a": "acme", "a2": "acme", "b": "bolt", "all": "*"}
    settings = _settings(tenants=tenants)
    assert holder_for("x", {"groups": groups}, None, settings, "reviewer").tenant == tenant


@pytest.mark.parametrize("groups", [[], ["other"], ["a", "b"]])
def test_no_tenant_or_two_is_refused(groups: list[str]) -> None:
    """No tenant would mean all of them."""
    settings = _settings(tenants={"a": "acme", "b": "bolt"})
    with pytest.raises(NotAllowed, match="no tenant, or several"):
        holder_for("x", {"groups": groups}, None, settings, "reviewer")
