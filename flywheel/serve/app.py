"""Puts the service together: one question in two forms, health, metrics."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Lifespan

from flywheel.serve.guard import Guard
from flywheel.serve.keys import Caller, Keys
from flywheel.serve.metrics import CONTENT_TYPE, Metrics
from flywheel.serve.question import FewShot, Question, answer_of, question_of
from flywheel_client import Bank

_DESCRIPTION: Final = (
    "The examples that a prompt should show for a question, from the current release of the "
    "few-shot bank."
)
_ADDRESS: Final = [
    {"name": name, "in": "query", "required": name == "query", "schema": schema}
    for name, schema in (
        *Question.model_json_schema()["properties"].items(),
        ("where.feature", {"type": "array", "items": {"type": "string"}}),
    )
    if name != "where"
]
"""`where.KEY` for any key: OpenAPI cannot say that, so one stands for all."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1", "[::1]")

router = APIRouter()
_bearer = HTTPBearer(auto_error=False)
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


@dataclass(frozen=True)
class Service:
    """What the routes work with."""

    bank: Bank
    keys: Keys
    metrics: Metrics
    random: bool
    """Whether the bank withholds at random: then no answer can be asked for again."""


def create_app(
    bank: Bank,
    keys: Keys,
    *,
    withholds: bool = False,
    metrics: Metrics | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """The application. It closes nothing: the bank is the caller's."""
    app = FastAPI(
        title="flywheel serve",
        description=_DESCRIPTION,
        version="1",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    service = Service(bank, keys, metrics or Metrics(bank), withholds)
    app.state.service = service
    app.include_router(router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_middleware(Guard, requests=service.metrics.requests)
    if not keys:
        # Else any web page could read the bank through its visitor's browser: by a name of its own
        # that it lets point to this machine.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK, www_redirect=False)
    return app


# Both are coroutines, though they wait for nothing: FastAPI gives a plain function a thread, and
# the hop there and back takes longer than a selection.
async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _caller(
    service: Annotated[Service, Depends(_service)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    key: Annotated[str | None, Depends(_header)],
) -> Caller:
    caller = service.keys.caller(bearer.credentials if bearer else key)
    if caller is None:
        raise HTTPException(401, "a key is needed: Authorization: Bearer KEY, or X-API-Key")
    return caller


ServiceOf = Annotated[Service, Depends(_service)]
CallerOf = Annotated[Caller, Depends(_caller)]
Known = Annotated[str | None, Header(description="The ETag of an answer that is there already")]
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"description": "No key, or one that is not known"},
    403: {"description": "Another tenant's key"},
}


@router.get(
    "/v1/fewshot",
    response_model=FewShot,
    responses=_REFUSALS | {304: {"description": "The answer is the one of `If-None-Match`"}},
    openapi_extra={"parameters": _ADDRESS},
)
async def get_fewshot(
    request: Request, service: ServiceOf, caller: CallerOf, if_none_match: Known = None
) -> Response:
    """The examples for a question in the address: `?query=…&k=4&where.feature=report_qa`."""
    return _answer(service, caller, question_of(request), if_none_match)


@router.post("/v1/fewshot", response_model=FewShot, responses=_REFUSALS)
async def post_fewshot(question: Question, service: ServiceOf, caller: CallerOf) -> Response:
    """The same for a long question, or one that should not stand in an address."""
    return _answer(service, caller, question, None)


@router.get("/health")
async def health(service: ServiceOf) -> Response:
    """200 while a release is served, 503 while none is; `problem` says what is wrong."""
    bank = service.bank
    problem = None if bank.problem is None else str(bank.problem)
    state = "ok" if bank.release and not problem else "stale" if bank.release else "nothing served"
    body = {"status": state, "release": bank.release, "examples": len(bank), "problem": problem}
    return JSONResponse(body, 200 if bank.release else 503)


@router.get("/metrics", include_in_schema=False)
async def metrics(service: ServiceOf) -> Response:
    """For Prometheus; numbers and the release's id, no text."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE)


def _answer(service: Service, caller: Caller, question: Question, known: str | None) -> Response:
    if caller.tenant is not None and question.tenant not in (None, caller.tenant):
        raise HTTPException(403, "this key is of another tenant")
    tenant = caller.tenant or question.tenant
    headers = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key"}
    release = service.bank.release
    if not service.random and release is not None:
        headers["ETag"] = _etag(release, tenant, question)
        if known is not None and headers["ETag"] in known:
            return Response(status_code=304, headers=headers)
    with service.metrics.select_seconds.time():
        selection = service.bank.select(
            question.query,
            question.k,
            question.where,
            question.max_tokens,
            question.diversity,
            tenant=tenant,
        )
    if selection.release != release:  # switched meanwhile
        headers.pop("ETag", None)
    service.metrics.examples.inc(len(selection))
    return Response(
        answer_of(selection).model_dump_json(), media_type="application/json", headers=headers
    )


def _etag(release: str, tenant: str | None, question: Question) -> str:
    """Equal for equal answers: a release never changes, and selecting from it is deterministic."""
    asked = f"{release}\0{tenant}\0{question.model_dump_json()}"
    return f'"{hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'


async def _invalid(request: Request, error: Exception) -> Response:
    """Which key is wrong and why, without its value, which is what somebody wrote."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    detail = [{"loc": list(e["loc"]), "msg": e["msg"]} for e in found]
    return JSONResponse({"detail": detail}, 422)
