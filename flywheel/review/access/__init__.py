"""Who may come in, and what they may do: users, sessions, roles, tenants.

What a route has to know of this package is what stands here:

    from flywheel.review.access import Permission, Principal, needs

    @router.post("/cases/{id}/lock", dependencies=[Depends(needs(Permission.BULK))])

    def show(principal: Annotated[Principal, Depends(needs(Permission.READ_QUEUE))]) -> Response:
        read_candidates(store, tenant=principal.tenant, ...)  # None: every tenant's

- Every route carries a rule: `needs(...)`, `signed_in` or `open_to_all`, on itself or on its
  router (`include_router(..., dependencies=[Depends(...)])`). `create_app` raises for one that has
  none, in mounted applications too.
- A rule checks the session's token as well, for what is neither GET nor HEAD: in the form's field
  `csrf` or the header `X-CSRF-Token`; `csrf_token(request)` gives it. An API token needs none.
- `principal_of(request.scope)` is who it is, also in an exception handler; `request.session` is a
  dictionary of JSON values that stays on the server.
"""

from typing import TYPE_CHECKING

from flywheel.late import offer
from flywheel.review.access.permissions import Permission, Role
from flywheel.review.access.principal import Principal, principal_of

if TYPE_CHECKING:
    from flywheel.review.access.rules import (
        OpenFiles,
        csrf_token,
        needs,
        open_to_all,
        rules_of,
        signed_in,
    )
else:  # rules are FastAPI's dependencies; users and roles are the command line's business too
    _RULES = ("OpenFiles", "csrf_token", "needs", "open_to_all", "rules_of", "signed_in")
    __getattr__ = offer(__name__, **dict.fromkeys(_RULES, f"{__name__}.rules"))

__all__ = [
    "OpenFiles",
    "Permission",
    "Principal",
    "Role",
    "csrf_token",
    "needs",
    "open_to_all",
    "principal_of",
    "rules_of",
    "signed_in",
]
