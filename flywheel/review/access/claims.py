"""Who somebody is here, by what a provider says of them; closed where it says too little."""

from collections.abc import Mapping
from typing import Any, Final

from flywheel.people import fold
from flywheel.review.access.permissions import Role, highest
from flywheel.review.access.sessions import Holder
from flywheel.review.access.users import User, is_name
from flywheel.settings import OidcSettings

ALL: Final = "*"
"""The tenant of a group that sees every tenant's cases."""


class NotAllowed(Exception):
    """The provider vouches for somebody who may not come in; the message quotes nothing of it."""


def name_in(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    """What users are found by. Raises `NotAllowed` for an address that nobody has verified.

    Who may write any address into their account would else be whoever they like.
    """
    uses_mail = settings.name_claim == "email" or settings.domains
    if uses_mail and claims.get("email_verified") is not True:
        raise NotAllowed("the e-mail address is not verified")
    if settings.domains and not _is_of(str(claims.get("email", "")), settings.domains):
        raise NotAllowed("the e-mail address is of no domain that is let in")
    name = claims.get(settings.name_claim)
    if not isinstance(name, str) or not is_name(name):
        raise NotAllowed(f"the claim {settings.name_claim} is missing, or cannot be a name")
    return name


def holder_for(
    name: str,
    claims: Mapping[str, Any],
    user: User | None,
    settings: OidcSettings,
    default_role: str | None,
) -> Holder:
    """Whose session begins: a user, or somebody with the role of their groups.

    Raises `NotAllowed` for somebody without a role, or where tenants are configured and the groups
    name none or several: no tenant would mean all.
    """
    if user is not None:
        return Holder("oidc", user.name, user.version)
    groups = _groups(claims, settings)
    roles = [Role(settings.roles[group]) for group in groups if group in settings.roles]
    role = highest(roles) or (Role(default_role) if default_role else None)
    if role is None:
        raise NotAllowed("no user, and in no group with a role")
    return Holder("oidc", fold(name), None, role, _tenant(groups, settings))


def _tenant(groups: list[str], settings: OidcSettings) -> str | None:
    if not settings.tenants:
        return None
    tenants = {settings.tenants[group] for group in groups if group in settings.tenants}
    if ALL in tenants:
        return None
    if len(tenants) != 1:
        raise NotAllowed("the groups name no tenant, or several")
    return tenants.pop()


def _groups(claims: Mapping[str, Any], settings: OidcSettings) -> list[str]:
    groups = claims.get(settings.groups_claim) or []
    return [group for group in groups if isinstance(group, str)] if isinstance(groups, list) else []


def _is_of(mail: str, domains: tuple[str, ...]) -> bool:
    """Compared whole: not evil-example.com, not example.com.evil."""
    _, at, domain = mail.rpartition("@")
    return bool(at) and domain.casefold() in {one.lstrip("@").casefold() for one in domains}
