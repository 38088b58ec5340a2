"""The forms behind a case: decide, undo, and hold the case while it is open."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Request
from fastapi import Form as FormField
from fastapi.responses import JSONResponse, Response

from flywheel.desk import CaseFile, Filters, Viewer, text_version
from flywheel.errors import FlywheelError, MeanwhileError
from flywheel.review.access import Principal
from flywheel.review.case import SAID, disputed_by, ideal_of
from flywheel.review.form import (
    DecisionForm,
    Sides,
    decide_by,
    decision_now,
    read_form,
)
from flywheel.review.pages_case import show_case
from flywheel.review.queue import Address
from flywheel.review.recipients import check_recipient
from flywheel.review.site import (
    Decider,
    InQueue,
    Review,
    Site,
    go_on,
    status_of,
    viewer_of,
    wants_json,
)
from schemas.candidate import CandidateView
from schemas.decision import JUDGEMENTS, Decision, Verdict

router = APIRouter()
Form = Annotated[DecisionForm, Depends(read_form)]

_TOLD: Final = {
    Verdict.SKIP: "Skipped: it waits at the end of the queue.",
    Verdict.EDIT: "Approved with your edit.",
}


@router.post("/cases/{candidate_id}")
def decide(
    request: Request,
    site: Site,
    decider: Decider,
    filters: InQueue,
    candidate_id: str,
    form: Form,
    background: BackgroundTasks,
) -> Response:
    """Record a decision and name the next case that waits for one."""
    viewer = viewer_of(decider)
    file = site.case(candidate_id, viewer)
    try:
        if not form.force:
            check_meant(form, file)
        decision = decide_by(form, file.view, decider.name, site.asks, sides=_sides(file, viewer))
        if decision.sent_to is not None:
            access = request.app.state.access
            check_recipient(access, decider, file.view.tenant, decision.sent_to)
        state = form.state or None
        id = site.desk.decide(decision, viewer, state=state, force=form.force)
    except FlywheelError as error:
        return _refuse(request, site, decider, filters, file, form, error)
    is_new = id not in [made.decision_id for made in file.mine]  # a double click is one decision
    _count(site, viewer, decision, file.view, background, is_new=is_new)
    following = _following(site, viewer, filters, file, decision)
    said = _told(decision, request.app.state.access.recorded)
    return _go_on(request, site, decider, filters, said, _url(following, filters))


@router.post("/undo")
def undo(
    request: Request,
    site: Site,
    decider: Decider,
    filters: InQueue,
    decision: Annotated[str, FormField()] = "",
) -> Response:
    """Take back the decision that the form names: a newer fact, the old one stays on record.

    Sent twice it is one: a double click takes back no other.
    """
    viewer = viewer_of(decider)
    named = site.desk.last(viewer, decision)
    if named is None:
        raise HTTPException(400, "There is no decision of yours to take back.")
    candidate_id = named.decision.candidate_id
    values = {
        "candidate_id": candidate_id,
        "verdict": Verdict.UNDO,
        "reviewer": decider.name,
        "undoes": decision,
    }
    site.desk.decide(decision_now(values), viewer)
    site.paces.forget()
    return _go_on(
        request, site, decider, filters, "Taken back. Decide anew.", _url(candidate_id, filters)
    )


@router.post("/cases/{candidate_id}/lease")
def lease(request: Request, site: Site, decider: Decider, candidate_id: str) -> Response:
    """Take a case, or keep it; says who has it when it is somebody else."""
    viewer = viewer_of(decider)
    site.case(candidate_id, viewer)
    taken = site.desk.take(candidate_id, viewer, site.asks.lease_s)
    held = taken is not None and taken.holder != decider.name
    holder = request.app.state.access.shown.named(taken.holder) if taken and held else None
    return JSONResponse({"holder": holder})


@router.post("/cases/{candidate_id}/leave")
def leave(site: Site, decider: Decider, candidate_id: str) -> Response:
    """Give a case back."""
    viewer = viewer_of(decider)
    site.case(candidate_id, viewer)
    site.desk.give_back(candidate_id, viewer)
    return JSONResponse({"holder": None})


def _go_on(
    request: Request, site: Review, decider: Principal, filters: Filters, said: str, url: str
) -> Response:
    """With what script puts in the old page's place: the day's bar, what undo takes back next."""
    bar = site.bar(request, site.pace(decider, filters))
    return go_on(request, said, url, bar=bar, last=site.last(decider))


def check_meant(form: DecisionForm, file: CaseFile) -> None:
    """Raise `MeanwhileError` for an approval of the proposal by who wrote another text."""
    view = file.view
    if form.state not in ("", view.state) or form.text_version not in ("", text_version(view)):
        return  # the desk says what is not as it was shown
    ideal, _ = ideal_of(file)
    if form.verdict == "approve" and form.output and form.output != (ideal or view.output):
        raise MeanwhileError(
            "You wrote another text than the one that “Approve” stands for: approve yours?"
        )


def _sides(file: CaseFile, viewer: Viewer) -> Sides | None:
    """The two verdicts of a disputed case, for who may settle it."""
    may_settle = viewer.adjudicates and file.view.state == "disputed"
    return Sides(disputed_by(file)) if may_settle else None


def _refuse(
    request: Request,
    site: Review,
    principal: Principal,
    filters: Filters,
    file: CaseFile,
    form: DecisionForm,
    error: FlywheelError,
) -> Response:
    """Say why; what was typed stays in script's page, or comes back with the form."""
    problem, status, forcible = str(error), status_of(error), isinstance(error, MeanwhileError)
    if wants_json(request):
        problem = request.app.state.access.shown.named(problem)
        return JSONResponse({"problem": problem, "forcible": forcible}, status)
    return show_case(
        request,
        site,
        principal,
        filters,
        file,
        status=status,
        form=form,
        problem=problem,
        forcible=forcible,
    )


def _count(
    site: Review,
    viewer: Viewer,
    decision: Decision,
    view: CandidateView,
    background: BackgroundTasks,
    *,
    is_new: bool,
) -> None:
    if is_new and decision.verdict in JUDGEMENTS:
        site.paces.add(viewer.name, view.tenant, settles=view.reviewers == 1)
    elif decision.verdict is Verdict.SEND:
        site.paces.forget()
    promote_finished(site, viewer, background)


def promote_finished(site: Review, viewer: Viewer, background: BackgroundTasks) -> None:
    """Have the batch promoted if nothing waits in any tenant: by the policy, not by a right.

    The viewer may be bound to a tenant; a release is of all, so that all their queues count.
    """
    everywhere = replace(viewer, tenant=None)
    if site.settings.review.promote_finished and _is_finished(site, everywhere):
        background.add_task(site.batch.finish)


def _is_finished(site: Review, viewer: Viewer) -> bool:
    """Whether nothing waits for this reviewer any more but what they have skipped."""
    waiting = site.desk.find(Filters(), viewer, limit=1)
    return not waiting or waiting[0].skipped


def _following(
    site: Review, viewer: Viewer, filters: Filters, file: CaseFile, decision: Decision
) -> str | None:
    """The case to open next; skipping what one had skipped before ends the round."""
    skips_again = decision.verdict is Verdict.SKIP and any(
        made.decision.verdict is Verdict.SKIP and not made.undone for made in file.mine[:1]
    )
    following = site.desk.next(filters, viewer, decision.candidate_id)
    if skips_again and _is_finished(site, viewer):
        return None
    return following


def _told(decision: Decision, recorded: Callable[[str], str]) -> str:
    """What was done, in words that may be kept: `recorded` takes addresses out of names."""
    said = SAID[decision.verdict]
    if decision.adjudicates:
        return f"Settled: {said}."
    if decision.verdict is Verdict.SEND:
        return f"Passed on to {recorded(decision.sent_to or '')}."
    where = f", for the {'few-shot bank' if decision.target == 'bank' else 'golden set'}"
    told = _TOLD.get(decision.verdict, f"{said.capitalize()}.")
    return f"{told[:-1]}{where}." if decision.target else told


def _url(candidate_id: str | None, filters: Filters) -> str:
    path = "/" if candidate_id is None else f"/cases/{quote(candidate_id, safe='')}"
    return path + Address(filters).query()
