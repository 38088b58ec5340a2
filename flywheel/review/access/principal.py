"""Who a request is from."""

from dataclasses import dataclass
from typing import Literal

from starlette.types import Scope

from flywheel.review.access.permissions import Permission, Role, permissions_of

Kind = Literal["link", "password", "oidc", "header", "token"]
"""How they came in: by the terminal's link, a password, a provider, a proxy, an API token."""


@dataclass(frozen=True)
class Principal:
    """Who a request is from, and what they may do."""

    name: str
    """What decisions are recorded under: one name for one person, however it is spelled."""
    role: Role
    tenant: str | None
    """Whose cases alone they see; None: everybody's. Every query of cases takes it."""
    permissions: frozenset[Permission]
    kind: Kind
    shown: str
    """Under which name they came in; where that is an address it is not what is recorded."""

    def may(self, permission: Permission) -> bool:
        """Whether they may do this."""
        return permission in self.permissions


def make_principal(name: str, role: Role, tenant: str | None, kind: Kind) -> Principal:
    """Somebody with what their role and tenant allow."""
    return Principal(name, role, tenant, permissions_of(role, tenant), kind, shown=name)


def principal_of(scope: Scope) -> Principal | None:
    """Who the request is from; None: a stranger, or one that the layer has not looked at."""
    principal: Principal | None = scope.get("principal")
    return principal
