"""The pages and the forms behind them; each POST ends in a redirect."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from flywheel.errors import FlywheelError, InputError
from flywheel.review.access import Permission, Principal, needs, open_to_all
from flywheel.review.case import REASONS, build_case
from flywheel.review.form import DecisionForm, decision_now, read_filters, read_form
from flywheel.review.queue import PAGE_SIZE, Filters, read_queue, total
from flywheel.review.site import Review, status_of
from flywheel.steps.candidates import count_candidates, read_candidate, read_candidates
from flywheel.steps.decide import record_decision
from flywheel.store import open_store
from schemas.candidate import CandidateView
from schemas.decision import Verdict

_UNDO_STEPS: Final = 20
"""How far back undo reaches: the ids are in the session."""

public = APIRouter(dependencies=[Depends(open_to_all)])
guarded = APIRouter()


def _review(request: Request) -> Review:
    review: Review = request.app.state.review
    return review


Site = Annotated[Review, Depends(_review)]
InQueue = Annotated[Filters, Depends(read_filters)]
Page = Annotated[int, Query(ge=1, le=10**6)]
Reader = Annotated[Principal, Depends(needs(Permission.READ_QUEUE))]
Decider = Annotated[Principal, Depends(needs(Permission.DECIDE))]
Publisher: Final = [Depends(needs(Permission.PUBLISH))]


@public.get("/health", response_class=PlainTextResponse)
def health() -> str:
    """Whether the page answers; says nothing else."""
    return "ok"


@guarded.get("/")
def queue(
    request: Request, site: Site, reader: Reader, filters: InQueue, page: Page = 1
) -> Response:
    """A page of the queue, the most telling first."""
    store = open_store(site.settings)
    totals = total(count_candidates(store, tenant=reader.tenant), filters)
    pages = max(1, -(-totals.shown // PAGE_SIZE))
    page = min(page, pages)
    candidates = read_candidates(
        store,
        state=filters.state,
        target=filters.target,
        feature=filters.feature,
        tenant=reader.tenant,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    return site.page(
        request,
        "queue.html",
        filters=filters,
        totals=totals,
        candidates=candidates,
        page=page,
        pages=pages,
        first=(page - 1) * PAGE_SIZE + 1,
    )


@guarded.get("/cases/{candidate_id}")
def case(
    request: Request, site: Site, reader: Reader, filters: InQueue, candidate_id: str
) -> Response:
    """One candidate with everything that it is decided by."""
    return _show(request, site, reader, filters, _read(site, reader, candidate_id))


@guarded.post("/cases/{candidate_id}")
def decide(
    request: Request,
    site: Site,
    decider: Decider,
    filters: InQueue,
    candidate_id: str,
    form: Annotated[DecisionForm, Depends(read_form)],
    background: BackgroundTasks,
) -> Response:
    """Record a decision and open the next case that waits for one."""
    view = _read(site, decider, candidate_id)
    store = open_store(site.settings)
    order = read_queue(store, filters.state, decider.tenant).narrow(filters)
    following = order.after(candidate_id)
    try:
        decision = form.decision(view, decider.name)
        record_decision(site.settings, decision)
    except FlywheelError as error:
        return _show(request, site, decider, filters, view, refused=(form, error))
    request.session["notice"] = str(decision.verdict)
    if decision.verdict is not Verdict.SKIP:
        _remember(request, candidate_id)
        site.batch.add()
    was_fresh = view.state == "pending" and view.verdict is None
    if (was_fresh or following is None) and read_queue(store).finished:
        background.add_task(site.batch.finish)
    return _go(following, filters)


@guarded.post("/undo")
def undo(request: Request, site: Site, decider: Decider, filters: InQueue) -> Response:
    """Make the session's last decision pending again: a newer fact, the old one stays."""
    steps = list(request.session.get("undo", ()))
    if not steps:
        raise HTTPException(400, "There is nothing to undo in this session.")
    candidate_id = str(steps.pop())
    record_decision(site.settings, decision_now(candidate_id, Verdict.SKIP, decider.name))
    site.batch.add()
    request.session.update(undo=steps, notice="undone")
    return _go(candidate_id, filters)


@guarded.post("/publish", dependencies=Publisher)
def publish(site: Site) -> Response:
    """Promote what is approved and publish a release."""
    site.batch.publish()
    return RedirectResponse("/published", 303)


@guarded.get("/published", dependencies=Publisher)
def published(request: Request, site: Site) -> Response:
    """What the last publication of this page did."""
    return site.page(request, "published.html")


def _read(site: Review, reader: Principal, candidate_id: str) -> CandidateView:
    try:
        return read_candidate(open_store(site.settings), candidate_id, tenant=reader.tenant)
    except InputError:
        raise HTTPException(
            404, "There is no such case: it was never proposed, or its data was erased."
        ) from None


def _show(
    request: Request,
    site: Review,
    reader: Principal,
    filters: Filters,
    view: CandidateView,
    *,
    refused: tuple[DecisionForm, FlywheelError] | None = None,
) -> Response:
    """The case's page; after a decision that was refused, with what the reviewer had typed."""
    order = read_queue(open_store(site.settings), filters.state, reader.tenant).narrow(filters)
    position = order.position(view.candidate_id)
    built = build_case(view)
    form, error = refused or (DecisionForm(Verdict.SKIP, built.draft, "", ""), None)
    return site.page(
        request,
        "case.html",
        status_of(error) if error else 200,
        filters=filters,
        case=built,
        reasons=REASONS,
        number=None if position is None else position + 1,
        waiting=len(order.places),
        previous=None if position is None else order.at(position - 1),
        following=order.at(0 if position is None else position + 1),
        form=form,
        problem=str(error) if error else None,
    )


def _remember(request: Request, candidate_id: str) -> None:
    steps = [*request.session.get("undo", ()), candidate_id]
    request.session["undo"] = steps[-_UNDO_STEPS:]


def _go(candidate_id: str | None, filters: Filters) -> RedirectResponse:
    path = "/" if candidate_id is None else f"/cases/{quote(candidate_id, safe='')}"
    return RedirectResponse(path + filters.query(), 303)
