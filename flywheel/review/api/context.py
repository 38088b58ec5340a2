"""What the API's routes work with, and who asks."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from fastapi import Depends, Header, Query, Request
from pydantic import BeforeValidator, Field

from flywheel.desk import Desk, Filters, QueueState, RequestKey, Viewer, request_key
from flywheel.review.access import Permission, Principal, needs
from flywheel.review.api.bounds import Pace
from flywheel.review.batch import Batch
from flywheel.settings import Settings
from schemas.candidate import State

PREFIX: Final = "/api/v1"


@dataclass(frozen=True)
class Api:
    """What the routes work with."""

    settings: Settings
    desk: Desk
    batch: Batch
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pace", Pace(self.settings.review.api_rate))

    def request_key(self, principal: Principal, key: str, path: str, body: Any) -> RequestKey:
        """What a request is known by when it is said again."""
        return request_key(self.settings.key, principal.name, key, [path, body])


def _api(request: Request) -> Api:
    api: Api = request.app.state.api
    return api


def viewer_of(principal: Principal) -> Viewer:
    """How the desk knows somebody."""
    return Viewer(principal.name, principal.tenant, principal.may(Permission.ADJUDICATE))


Name = Annotated[str, Field(min_length=1, max_length=200)]


def _written(value: Any) -> Any:
    """Pydantic takes a number for a time."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a day like 2025-01-31 is needed")
    return value


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
Day = Annotated[date | None, Query(description="ISO 8601: 2025-01-31"), BeforeValidator(_written)]
CandidateId = Annotated[Name, Field(examples=["c-000001"])]


def _filters(
    state: QueueState = "pending",
    target: Annotated[str | None, Query(pattern="^(golden|bank)$")] = None,
    feature: Name | None = None,
    tenant: Name | None = None,
    reason: Annotated[Name | None, Query(description="A reason code.")] = None,
    signal: Name | None = None,
    model: Name | None = None,
    drawn: Annotated[str | None, Query(pattern="^(telling|random)$")] = None,
    since: Day = None,
    until: Day = None,
    text: Annotated[Name | None, Query(description="Beginnings of words; all occur.")] = None,
    mine: bool = False,
    passed: Annotated[bool, Query(description="Pending, and sent to a colleague.")] = False,
) -> Filters:
    values = dict(locals())
    for name in ("since", "until"):
        values[name] = values[name] and values[name].isoformat()
    return Filters.model_validate(values)


class Seen(NamedTuple):
    """How the case stood when it was shown, and whether that matters."""

    state: State | None = None
    force: bool = False


def _seen(
    state: Annotated[
        State | None, Query(description="Of the case as it was shown: if it is another, a 409.")
    ] = None,
    force: Annotated[
        bool, Query(description="Although somebody has it open, or it is not as it was shown.")
    ] = False,
) -> Seen:
    return Seen(state, force)


Site = Annotated[Api, Depends(_api)]
AsSeen = Annotated[Seen, Depends(_seen)]
InQueue = Annotated[Filters, Depends(_filters)]
Reader = Annotated[Principal, Depends(needs(Permission.READ_QUEUE))]
Decider = Annotated[Principal, Depends(needs(Permission.DECIDE))]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key again, within a day: the same answer, and nothing is done twice.",
    ),
]
