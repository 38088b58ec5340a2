"""To whom a case may be passed on: who sees it. What is written down of them, `People` says."""

import re
from typing import Final

from flywheel.errors import ConflictError
from flywheel.review.access import Principal
from flywheel.review.access.gate import Access

_HANDLE: Final = re.compile(r"[\w.-]{1,40}")


def colleagues(access: Access, principal: Principal, tenant: str | None) -> list[str]:
    """The others who see cases of this tenant, as far as they are this one's to know."""
    known = [(user.name, user.tenant) for user in access.users.listed()]
    known += access.sessions.guests()
    names = {
        name
        for name, bound in known
        if name != principal.shown and bound in (None, tenant) and principal.tenant in (None, bound)
    }
    return sorted(names)


def check_recipient(access: Access, principal: Principal, tenant: str | None, name: str) -> None:
    """Raise `ConflictError` for somebody who does not see the case: it would wait for nobody.

    A colleague may be named as the page shows them, or as decisions do.
    """
    known = (access.reviewer, *colleagues(access, principal, tenant))
    if access.recorded(name) in map(access.recorded, known):
        return
    if access.asks_names or not _HANDLE.fullmatch(name):
        raise ConflictError("Nobody of this name sees this case: choose a colleague.")
