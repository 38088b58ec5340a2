"""What one may do, and who may do it: two tables, read by every route's rule."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    """One thing that a route lets somebody do."""

    READ_QUEUE = "read_queue"
    DECIDE = "decide"
    ADJUDICATE = "adjudicate"
    BULK = "bulk"
    PUBLISH = "publish"
    SEE_TEAM = "see_team"
    MANAGE_USERS = "manage_users"
    EXPORT_AUDIT = "export_audit"


class Role(StrEnum):
    """What a user is; each may do what those before it may."""

    REVIEWER = "reviewer"
    LEAD = "lead"
    ADMIN = "admin"


_REVIEWER: Final = frozenset({Permission.READ_QUEUE, Permission.DECIDE})
_LEAD: Final = _REVIEWER | {
    Permission.ADJUDICATE,
    Permission.BULK,
    Permission.PUBLISH,
    Permission.SEE_TEAM,
    Permission.EXPORT_AUDIT,
}

ALLOWED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.REVIEWER: _REVIEWER,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(Permission),
}

WITHIN_A_TENANT: Final = frozenset(
    {Permission.READ_QUEUE, Permission.DECIDE, Permission.ADJUDICATE, Permission.BULK}
)
"""What stays within one tenant's cases; the rest reaches all: a release, the team's figures."""


def permissions_of(role: Role, tenant: str | None) -> frozenset[Permission]:
    """What a role may do; who is bound to a tenant keeps what stays within it."""
    allowed = ALLOWED[role]
    return allowed if tenant is None else allowed & WITHIN_A_TENANT


def highest(roles: list[Role]) -> Role | None:
    """The one of these that may do most."""
    return max(roles, key=list(Role).index, default=None)
