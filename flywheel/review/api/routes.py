"""All routes of the API, and the document that describes them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.openapi.utils import get_openapi

from flywheel.review.access import Principal, signed_in
from flywheel.review.api import cases, decisions, records, team
from flywheel.review.api.bounds import Bounded
from flywheel.review.api.context import PREFIX
from flywheel.review.api.models import Me
from flywheel.review.api.problems import Problem, problems
from flywheel.review.api.tagged import tagged

_ABOUT = """The review as JSON, for programs. Every request needs `Authorization: Bearer TOKEN`,
from `flywheel users token`; what a token may do is what its user may. Errors are problem details
(RFC 9457). A decision is on the disk when it is answered."""

router = APIRouter(prefix=PREFIX)
own = APIRouter(route_class=Bounded, dependencies=[Depends(signed_in)])


@own.get("/me", responses=problems(), tags=["team"])
def me(principal: Annotated[Principal, Depends(signed_in)]) -> Me:
    """Who the token is, and what it may do."""
    return Me(
        name=principal.name,
        role=principal.role,
        tenant=principal.tenant,
        permissions=sorted(principal.permissions),
    )


@own.get("/openapi.json", include_in_schema=False)
def document(request: Request) -> Response:
    """This API, described."""
    return tagged(request, describe())


for part in (own, cases.router, decisions.router, team.router, records.router):
    router.include_router(part)


def describe() -> dict[str, Any]:
    """The OpenAPI document."""
    document = get_openapi(
        title="flywheel review",
        version="1",
        description=_ABOUT,
        routes=router.routes,
        tags=[{"name": name} for name in ("cases", "decisions", "records", "team")],
    )
    schemas = document["components"]["schemas"]
    schemas |= Problem.model_json_schema(ref_template="#/components/schemas/{model}").pop("$defs")
    schemas["Problem"] = {
        key: value
        for key, value in Problem.model_json_schema(
            ref_template="#/components/schemas/{model}"
        ).items()
        if key != "$defs"
    }
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own form of a 422
        schemas.pop(name, None)
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    return document
