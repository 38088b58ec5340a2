"""The page of one case, what stands around it, and the live check of what is typed there."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flywheel.desk import CaseFile, Filters
from flywheel.errors import FlywheelError
from flywheel.review.access import Principal
from flywheel.review.around import BUSY
from flywheel.review.case import build_case, sources_of
from flywheel.review.diff import Piece, inline_diff, word_diff
from flywheel.review.form import DecisionForm
from flywheel.review.marks import Numbers
from flywheel.review.queue import Address
from flywheel.review.recipients import colleagues
from flywheel.review.site import (
    Decider,
    InQueue,
    Reader,
    Review,
    Site,
    is_fragment,
    viewer_of,
)
from flywheel.review.timeline import HEIGHT, WIDTH
from flywheel.settings import Settings
from flywheel.steps.decide import scrub_decision
from schemas.candidate import CandidateView
from schemas.decision import Decision, Verdict

router = APIRouter()

_QUESTIONS = {
    "golden": "Must this never go wrong again?",
    "bank": "Should prompts show this as an example?",
}


@router.get("/cases/{candidate_id}")
def case(
    request: Request, site: Site, reader: Reader, filters: InQueue, candidate_id: str
) -> Response:
    """One candidate with everything that it is decided by; opening the page takes the case."""
    viewer = viewer_of(reader)
    if not is_fragment(request):  # script fetches ahead, and takes a case when it is shown
        site.desk.take(candidate_id, viewer, site.asks.lease_s)
    return show_case(request, site, reader, filters, site.case(candidate_id, viewer))


@router.get("/cases/{candidate_id}/around")
def around(
    request: Request, site: Site, reader: Reader, filters: InQueue, candidate_id: str
) -> Response:
    """What users did, variants and similar examples: read after the case, which does not wait."""
    file = site.case(candidate_id, viewer_of(reader))
    found = site.surroundings.look(file.view, reader.tenant)
    address = Address(filters)
    back = f"/cases/{candidate_id}{address.query()}"
    return site.page(
        request,
        "_around.html" if is_fragment(request) else "around.html",
        503 if found is BUSY and not is_fragment(request) else 200,
        around=found,
        picture={"width": WIDTH, "height": HEIGHT},
        retry=f"/cases/{candidate_id}/around{address.query()}",
        back=back,
        address=address,
    )


class Check(NamedTuple):
    """What the server says of a text that is being written."""

    problem: str | None = None
    taken_out: bool = False
    stored: tuple[Piece, ...] = ()
    not_found: tuple[str, ...] = ()
    has_numbers: bool = False
    pieces: tuple[Piece, ...] = ()


@router.post("/cases/{candidate_id}/check")
async def check(request: Request, site: Site, decider: Decider, candidate_id: str) -> Response:
    """What would be stored of a text, and which of its numbers no source holds; stores nothing."""
    from starlette.concurrency import run_in_threadpool

    sent = await request.form()
    output = str(sent.get("output", "")).replace("\r\n", "\n")
    file = await run_in_threadpool(site.case, candidate_id, viewer_of(decider))
    checked = await run_in_threadpool(check_text, site.settings, file.view, decider.name, output)
    return site.page(request, "_check.html", check=checked)


def check_text(settings: Settings, view: CandidateView, reviewer: str, output: str) -> Check:
    """The check itself; what is typed goes no further than the answer to who typed it."""
    if not output.strip():
        return Check(problem="An empty text cannot be approved.")
    try:
        stored = scrub_decision(settings, _edit(view, reviewer, output)).output or ""
    except FlywheelError as error:
        return Check(problem=str(error))
    numbers = Numbers(stored)
    answer = view.output or ""
    return Check(
        taken_out=stored != output,
        stored=word_diff(output, stored).after if stored != output else (),
        not_found=numbers.missing_from(sources_of(view)),
        has_numbers=next(numbers.written(), None) is not None,
        pieces=inline_diff(answer, stored) if answer and answer != stored else (),
    )


def _edit(view: CandidateView, reviewer: str, output: str) -> Decision:
    return Decision(
        candidate_id=view.candidate_id,
        verdict=Verdict.EDIT,
        reviewer=reviewer,
        time=datetime.now(UTC).isoformat(),  # type: ignore[arg-type]
        output=output,
    )


def show_case(
    request: Request,
    site: Review,
    principal: Principal,
    filters: Filters,
    file: CaseFile,
    *,
    status: int = 200,
    form: DecisionForm | None = None,
    problem: str | None = None,
    forcible: bool = False,
) -> Response:
    """The case's page; after a decision that was refused, with what the reviewer had typed."""
    built, address, viewer = build_case(file), Address(filters), viewer_of(principal)
    id = file.view.candidate_id
    context: dict[str, Any] = {
        "address": address,
        "chosen": address.said,
        "case": built,
        "title": "Golden set case" if file.view.target == "golden" else "Few-shot bank case",
        "question": _QUESTIONS[file.view.target],
        "holder": file.lease.holder if file.lease else None,
        "lease_s": site.asks.lease_s,
        "previous": site.desk.previous(filters, viewer, id),
        "following": site.desk.next(filters, viewer, id),
        "pace": site.pace(principal, filters),
        "form": form or DecisionForm(output=built.draft),
        "colleagues": colleagues(request.app.state.access, principal, file.view.tenant),
        "problem": problem,
        "forcible": forcible,
    }
    template = "_case.html" if is_fragment(request) else "case.html"
    return site.page(request, template, status, section="queue", **context)
