"""One request's visitor: who it is, the session's data, and what the answer changes of both."""

import json
from typing import TYPE_CHECKING, Any

from fastapi import Request

from flywheel.review.access.principal import Principal
from flywheel.review.access.sessions import VISITOR, Holder, Session

if TYPE_CHECKING:
    from flywheel.review.access.gate import Access


class Visit:
    """What a request came with. Its `data` is the request's session; changes are stored with the
    answer, before the browser hears of them."""

    def __init__(
        self, access: "Access", principal: Principal | None, session: Session | None
    ) -> None:
        self.access = access
        self.principal = principal
        self.data: dict[str, Any] = dict(session.data) if session else {}
        self._session = session
        self._before = {name: json.dumps(value) for name, value in self.data.items()}
        self._begins: Holder | None = None
        self._ends = False
        self._holder = None if session else _holder_of(principal)

    def sign_in(self, holder: Holder) -> None:
        """Begin another session: nothing of the one before is taken along, least of all its id."""
        self.data.clear()
        self._begins = holder

    def sign_out(self, *, everywhere: bool = False) -> None:
        """End this session, or all that this principal has."""
        self.data.clear()
        self._ends = True
        if self._session:
            self.access.sessions.end(self._session.key)
        if everywhere and self.principal:
            self.access.sessions.end_all(self.principal.kind, self.principal.shown)

    def store(self) -> str | None:
        """Store what changed. Gives the id that the cookie has to carry, "" to take the cookie
        away, None to leave it."""
        if self._ends:
            return ""
        sessions = self.access.sessions
        begins = self._begins or (self._holder if self.data else None)
        if begins:
            return sessions.begin(begins, self.data, self._session and self._session.key)
        if self._session is None:
            return None  # an API token has no session
        changed = {
            name: value
            for name, value in self.data.items()
            if self._before.get(name) != json.dumps(value)
        }
        removed = [name for name in self._before if name not in self.data]
        if changed or removed:
            sessions.save(self._session.key, changed, removed)
        return self._session.fresh_id


def _holder_of(principal: Principal | None) -> Holder | None:
    """Whose session begins when something has to be kept; an API token has none."""
    if principal is None:
        return Holder(VISITOR, "")
    return Holder("header", principal.shown) if principal.kind == "header" else None


def visit_of(request: Request) -> Visit:
    """The visit that a request is."""
    visit: Visit = request.scope["visit"]
    return visit
