"""Errors as problem details (RFC 9457); none quotes what somebody wrote."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from flywheel.errors import (
    ConflictError,
    FlywheelError,
    LeakError,
    ScrubError,
    StoreError,
    UserError,
)

MEDIA: Final = "application/problem+json"
_RETRY_S: Final = "5"


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(examples=["body.output"])
    what: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """What went wrong; `type` is always about:blank, so `title` is that of the status."""

    type: str = "about:blank"
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["rosa has this case open"])
    errors: list[Fault] | None = None
    """With 422: each rule that the request breaks."""


_MEANING: Final = {
    400: "The body is no JSON.",
    401: "No token, or one that is unknown or has expired.",
    403: "The role does not allow it, or the request came from another site's page.",
    404: "There is no such case or decision for this caller.",
    405: "No such method here.",
    409: "Not as things stand now: look again.",
    413: "The body is too long.",
    415: "The body is not of a type that is read here.",
    422: "The request breaks a rule; `errors` says which.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    503: "The store is busy or full: nothing was done; try again.",
}
_ALWAYS: Final = (400, 401, 403, 413, 422, 429, 503)


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    """The documented errors of a route: those that every one can give, and `more`."""
    return {
        status: {
            "description": _MEANING[status],
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*_ALWAYS, *more})
    }


def answers(what: str, media: str) -> dict[int | str, dict[str, Any]]:
    """The documented answers of a route that gives something else than an object in JSON."""
    return {200: {"description": what, "content": {media: {"schema": {}}}}, **problems()}


def explain(error: Exception) -> Response:
    """The answer to an error."""
    headers: dict[str, str] = {}
    faults = None
    if isinstance(error, HTTPException):
        status, detail = error.status_code, error.detail
        headers |= error.headers or {}
    elif isinstance(error, RequestValidationError):
        status, detail, faults = _invalid(error)
    else:
        status, detail = _status(error), str(error)
        if not isinstance(error, FlywheelError):
            detail = "A bug; the server's log says where."
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = _RETRY_S
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=faults)
    return Response(problem.model_dump_json(exclude_none=True), status, headers, MEDIA)


def _status(error: Exception) -> int:
    if isinstance(error, ConflictError | LeakError):
        return 409
    if isinstance(error, StoreError):
        return 503
    return 422 if isinstance(error, UserError | ScrubError) else 500


def _invalid(error: RequestValidationError) -> tuple[int, str, list[Fault] | None]:
    """A key that somebody made up is not named: it is their text."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return 400, "The body is no JSON.", None
    faults = [Fault(where=_place(one), what=_rule(one)) for one in found]
    return 422, "The request breaks a rule.", faults


def _rule(error: Any) -> str:
    """Pydantic's words; of a tag that it does not know it quotes what was written."""
    if error["type"] == "union_tag_invalid":
        return f"must be one of {error['ctx']['expected_tags']}"
    return str(error["msg"])


def _place(error: Any) -> str:
    place = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
    if "rubric" in place:
        place = place[: place.index("rubric") + 1]
    return ".".join(map(str, place)) or "request"
