"""Many cases at once: the selection of the address, a look at it, and one decision about each."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Request
from fastapi.responses import Response

from flywheel.desk import BulkReport, Counts, Entry, Filters, RequestKey, request_key
from flywheel.errors import FlywheelError, InputError, StoreError
from flywheel.review.access import Permission, Principal, needs
from flywheel.review.form import decision_now, reason_of
from flywheel.review.pages_decide import promote_finished
from flywheel.review.queue import Address
from flywheel.review.site import InQueue, Review, Site, status_of, viewer_of
from schemas.decision import Decision, Verdict

router = APIRouter()
Lead = Annotated[Principal, Depends(needs(Permission.BULK))]

_SAMPLE: Final = 6
_LOOKED_THROUGH: Final = 2_000
"""So many cases are asked whether they have an ideal output before all are approved."""


class BulkForm(NamedTuple):
    """What is to be done with all of them."""

    verdict: str = ""
    """`approve` or `reject`: the button that was pressed."""
    reason: str = ""
    words: str = ""
    expected: int = 0
    typed: str = ""
    key: str = ""
    """By which the form is known when it is sent again."""


def read_form(
    verdict: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
    expected: Annotated[int, Form(ge=0)] = 0,
    typed: Annotated[str, Form()] = "",
    key: Annotated[str, Form(max_length=200)] = "",
) -> BulkForm:
    """The form's fields."""
    return BulkForm(verdict, reason, words, expected, typed, key)


@router.get("/bulk")
def bulk(request: Request, site: Site, lead: Lead, filters: InQueue) -> Response:
    """What the filters select, and the form that decides it."""
    return _show(request, site, lead, filters, BulkForm())


@router.post("/bulk")
def decide_all(
    request: Request,
    site: Site,
    lead: Lead,
    filters: InQueue,
    form: Annotated[BulkForm, Depends(read_form)],
    background: BackgroundTasks,
) -> Response:
    """Decide all that the filters select, or nothing: when their number is another by now."""
    viewer, pending = viewer_of(lead), _pending(filters)
    try:
        make = maker(form, lead.name)
        asked = _request_key(site, lead, pending, form)
        report = site.desk.decide_all(pending, viewer, make, form.expected, asked)
    except FlywheelError as error:
        site.paces.forget()  # a full disk cuts it off in the middle, and says where
        what = str(error) if isinstance(error, StoreError) else f"Nothing was recorded. {error}"
        return _show(request, site, lead, filters, form, status=status_of(error), problem=what)
    site.paces.forget()
    promote_finished(site, viewer, background)
    return _show(request, site, lead, filters, BulkForm(), report=say_report(form, report))


def _request_key(
    site: Review, lead: Principal, filters: Filters, form: BulkForm
) -> RequestKey | None:
    said = ["/bulk", filters.model_dump(mode="json"), form._asdict()]
    return request_key(site.settings.key, lead.name, form.key, said) if form.key else None


def maker(form: BulkForm, reviewer: str) -> Callable[[Entry], Decision]:
    """What makes the decision about each. Raises `InputError` for a form that does not add up."""
    if form.verdict not in ("approve", "reject"):
        raise InputError("Say what they are: approve all of them, or reject them.")
    if form.typed.strip().replace(",", "") != str(form.expected):
        raise InputError(f"Type {form.expected} to confirm that you mean all of them.")
    approves = form.verdict == "approve"
    reason = None if approves else reason_of(form.reason, form.words)
    verdict = Verdict.APPROVE if approves else Verdict.REJECT

    def make(entry: Entry) -> Decision:
        return decision_now(
            {
                "candidate_id": entry.candidate_id,
                "verdict": verdict,
                "reviewer": reviewer,
                "reason": reason,
                "note": f"in bulk, one of {form.expected}",
            }
        )

    return make


def say_report(form: BulkForm, report: BulkReport) -> str:
    """What came of it, in words."""
    done = "approved" if form.verdict == "approve" else "rejected"
    cases = "1 case" if report.decided == 1 else f"{report.decided:,} cases"
    said = f"{cases} {done}."
    if report.already:
        said += f" {report.already:,} were before."
    if report.refused:
        said += f" {len(report.refused):,} could not be: {report.refused[0][1]}"
    return said


def _pending(filters: Filters) -> Filters:
    return filters.model_copy(update={"state": "pending"})


def _show(
    request: Request,
    site: Review,
    lead: Principal,
    filters: Filters,
    form: BulkForm,
    *,
    status: int = 200,
    problem: str | None = None,
    report: str | None = None,
) -> Response:
    pending, viewer = _pending(filters), viewer_of(lead)
    counts = site.desk.count(pending, viewer)
    entries = site.desk.find(pending, viewer, limit=min(counts.shown, _LOOKED_THROUGH))
    address = Address(pending)
    return site.page(
        request,
        "bulk.html",
        status,
        section="bulk",
        address=address,
        chosen=address.said,
        counts=counts,
        sample=entries[:_SAMPLE],
        by_feature=_by_feature(counts, pending),
        unwritten=sum(entry.ideal is None for entry in entries),
        form=form,
        key=token_urlsafe(16),
        problem=problem,
        report=report,
    )


def _by_feature(counts: Counts, filters: Filters) -> list[tuple[str, int]]:
    """How many cases of each feature are selected, the most frequent first."""
    known = counts.facets.get("feature", {})
    found = {filters.feature: counts.shown} if filters.feature else dict(known)
    without = counts.shown - sum(found.values())
    return sorted((found | ({"": without} if without else {})).items(), key=lambda item: -item[1])
