"""The queue and its cases: what waits, what one sees of it, who has it open."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import Field

from flywheel.desk import Counts, Made, text_version
from flywheel.errors import ConflictError
from flywheel.review.api.bounds import Bounded
from flywheel.review.api.context import (
    CandidateId,
    Decider,
    InQueue,
    Name,
    Reader,
    Site,
    viewer_of,
)
from flywheel.review.api.models import CaseOut, EntryOut, LeaseOut, MadeOut, NextOut, Page
from flywheel.review.api.problems import problems
from flywheel.review.api.tagged import NOT_MODIFIED, tagged

router = APIRouter(route_class=Bounded, tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Beside = Annotated[Name | None, Query(description="The case that was open.")]


@router.get("/cases", response_model=Page, responses=NOT_MODIFIED | problems())
def list_cases(
    request: Request,
    site: Site,
    principal: Reader,
    filters: InQueue,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """A page of the queue, the most telling first.

    Cases move up while others are decided: who works through a queue asks for `cases/next`.
    """
    found = site.desk.find(filters, viewer_of(principal), limit=limit + 1, offset=offset)
    items = [EntryOut(**entry._asdict()) for entry in found[:limit]]
    more = offset + limit if len(found) > limit else None
    return tagged(request, Page(items=items, next_offset=more))


@router.get("/cases/counts", response_model=Counts, responses=problems())
def count_cases(site: Site, principal: Reader, filters: InQueue) -> Counts:
    """How many cases there are by state and by each choice of a filter."""
    return site.desk.count(filters, viewer_of(principal))


@router.get("/cases/next", responses=problems())
def next_case(site: Site, principal: Reader, filters: InQueue, after: Beside = None) -> NextOut:
    """The case to open next, behind `after`; passes by what others have open."""
    return NextOut(candidate_id=site.desk.next(filters, viewer_of(principal), after))


@router.get("/cases/{candidate_id}", response_model=CaseOut, responses=NOT_MODIFIED | problems(404))
def read_case(
    request: Request, site: Site, principal: Reader, candidate_id: CandidateId
) -> Response:
    """A case with everything that it is decided by."""
    file = site.desk.case(candidate_id, viewer_of(principal))
    if file is None:
        raise no_case()
    case = CaseOut(
        text_version=text_version(file.view),
        candidate=file.view,
        mine=[made_out(one) for one in file.mine],
        others=[made_out(one) for one in file.others],
        open_by=file.lease.holder if file.lease else None,
    )
    return tagged(request, case)


@router.put("/cases/{candidate_id}/lease", responses=problems(404, 409))
def take_case(
    site: Site,
    principal: Decider,
    candidate_id: CandidateId,
    seconds: Annotated[float, Query(ge=1, le=3600), Field(allow_inf_nan=False)] = 300,
) -> LeaseOut:
    """Open a case, or keep it open: nobody else is led to it meanwhile."""
    lease = site.desk.take(candidate_id, viewer_of(principal), seconds)
    if lease is None:
        raise no_case()
    if lease.holder != principal.name:
        raise ConflictError("Somebody else has this case open.")
    return LeaseOut(**lease._asdict())


@router.delete(
    "/cases/{candidate_id}/lease", status_code=204, response_model=None, responses=problems(404)
)
def give_back(site: Site, principal: Decider, candidate_id: CandidateId) -> None:
    """Let others have a case."""
    viewer = viewer_of(principal)
    if site.desk.case(candidate_id, viewer) is None:
        raise no_case()
    site.desk.give_back(candidate_id, viewer)


def no_case() -> HTTPException:
    """Unknown, erased, or another tenant's: which, is not told."""
    return HTTPException(404, "There is no such case.")


def made_out(made: Made) -> MadeOut:
    """A decision as the API gives it."""
    return MadeOut(decision_id=made.decision_id, undone=made.undone, decision=made.decision)
