"""Deciding: one case, many at once, taking back, settling; and what was decided."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from flywheel.decisions import told_fault
from flywheel.desk import NO_CASE, Entry
from flywheel.errors import ConflictError, InputError
from flywheel.review.access import Permission, Principal, needs
from flywheel.review.api.bounds import Bounded
from flywheel.review.api.cases import made_out, no_case
from flywheel.review.api.context import (
    Api,
    AsSeen,
    CandidateId,
    Decider,
    IdempotencyKey,
    Name,
    Seen,
    Site,
    viewer_of,
)
from flywheel.review.api.models import (
    AdjudicationIn,
    BulkIn,
    BulkOut,
    Decided,
    DecisionIn,
    MadeOut,
    SendIn,
)
from flywheel.review.api.problems import answers, problems
from flywheel.review.recipients import check_recipient
from flywheel.steps.queue import audit_lines
from schemas.decision import Decision

router = APIRouter(route_class=Bounded, tags=["decisions"])


@router.post("/cases/{candidate_id}/decisions", status_code=201, responses=problems(404, 409))
def decide(
    request: Request,
    site: Site,
    principal: Decider,
    candidate_id: CandidateId,
    given: DecisionIn,
    seen: AsSeen,
    key: IdempotencyKey = None,
) -> Decided:
    """Decide a case, as yourself. On the disk when it is answered; a fact soon after."""
    if isinstance(given, SendIn):
        file = site.desk.case(candidate_id, viewer_of(principal))
        if file is None:
            raise no_case()
        check_recipient(request.app.state.access, principal, file.view.tenant, given.sent_to)
    return _decide(site, principal, given.model_dump(), candidate_id, request, key, seen)


@router.post("/cases/{candidate_id}/adjudication", status_code=201, responses=problems(404, 409))
def adjudicate(
    request: Request,
    site: Site,
    principal: Annotated[Principal, Depends(needs(Permission.ADJUDICATE))],
    candidate_id: CandidateId,
    given: AdjudicationIn,
    seen: AsSeen,
    key: IdempotencyKey = None,
) -> Decided:
    """Settle a case on which two reviewers differ."""
    values = given.model_dump() | {"adjudicates": True}
    return _decide(site, principal, values, candidate_id, request, key, seen)


@router.post(
    "/cases/{candidate_id}/decisions/{decision_id}/undo",
    status_code=201,
    responses=problems(404, 409),
)
def undo(
    request: Request,
    site: Site,
    principal: Decider,
    candidate_id: CandidateId,
    decision_id: Name,
    key: IdempotencyKey = None,
) -> Decided:
    """Take back an own decision: a new one that says so; nothing is overwritten."""
    values = {"verdict": "undo", "undoes": decision_id}
    return _decide(site, principal, values, candidate_id, request, key)


@router.post("/decisions/bulk", responses=problems(409))
def decide_all(
    request: Request,
    site: Site,
    principal: Annotated[Principal, Depends(needs(Permission.BULK))],
    given: BulkIn,
    key: IdempotencyKey = None,
) -> BulkOut:
    """One decision about all that the filters show, if they are as many as expected.

    With a key: cut off, the same request goes on where it was; without one, each is a new one.
    """
    viewer = viewer_of(principal)
    values = given.decision.model_dump()
    if given.dry_run:
        entries = site.desk.find(given.filters, viewer, limit=given.expected + 1)
        if len(entries) != given.expected:
            raise ConflictError(f"the filters do not show {given.expected:,} cases: look again")
        for entry in entries[:1]:
            _decision(values, entry.candidate_id, principal)
        return BulkOut(cases=[entry.candidate_id for entry in entries], decided=0, refused=[])

    def make(entry: Entry) -> Decision:
        return _decision(values, entry.candidate_id, principal)

    body = given.model_dump(mode="json")
    asked = site.request_key(principal, key, request.url.path, body) if key else None
    report = site.desk.decide_all(given.filters, viewer, make, given.expected, asked)
    return BulkOut(
        cases=[], decided=report.decided, already=report.already, refused=list(report.refused)
    )


@router.get("/decisions/last", responses=problems(404))
def last(site: Site, principal: Decider) -> MadeOut:
    """Your newest decision that stands: what undo would take back."""
    made = site.desk.last(viewer_of(principal))
    if made is None:
        raise HTTPException(404, "You have decided nothing that stands.")
    return made_out(made)


@router.get(
    "/decisions",
    response_class=StreamingResponse,
    responses=answers("JSON lines.", "application/x-ndjson"),
)
def export(
    site: Site, principal: Annotated[Principal, Depends(needs(Permission.EXPORT_AUDIT))]
) -> StreamingResponse:
    """Every decision that was ever made, in the order recorded, a JSON object a line; of cases
    that two still judge blind your own, and where two differ without names until it is settled."""
    withheld = site.desk.withheld()
    tells = partial(withheld.tells, name=principal.name)
    lines = audit_lines(site.settings, tells, partial(withheld.names, name=principal.name))
    first = list(islice(lines, 1))  # a store that cannot be read is told before the answer begins
    return StreamingResponse(_ended(chain(first, lines)), media_type="application/x-ndjson")


def _ended(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


def _decide(
    site: Api,
    principal: Principal,
    values: dict[str, Any],
    candidate_id: str,
    request: Request,
    key: str | None,
    seen: Seen = Seen(),  # noqa: B008 - frozen
) -> Decided:
    asked = key and site.request_key(principal, key, request.url.path, values)
    decision = _decision(values, candidate_id, principal)
    try:
        viewer = viewer_of(principal)
        id = site.desk.decide(decision, viewer, asked or None, **seen._asdict())
    except InputError as error:
        if str(error) == NO_CASE:
            raise no_case() from None
        raise
    return Decided(decision_id=id, candidate_id=candidate_id)


def _decision(values: dict[str, Any], candidate_id: str, principal: Principal) -> Decision:
    labels = values.get("labels")
    made: dict[str, Any] = {
        "candidate_id": candidate_id,
        "reviewer": principal.name,
        "time": datetime.now(UTC).isoformat(),
    }
    made["labels"] = None if labels is None else tuple(labels)
    try:
        return Decision.model_validate(values | made, strict=False)
    except ValidationError as error:  # each value is right, and they do not go together
        raise ConflictError(told_fault(error)) from None
