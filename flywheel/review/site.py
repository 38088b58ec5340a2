"""What the routes work with, and how a page is rendered."""

from dataclasses import dataclass, field
from threading import Event
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from flywheel.desk import CaseFile, Desk, Filters, Viewer
from flywheel.errors import FlywheelError, MeanwhileError, StoreError, UserError
from flywheel.review.access import Permission, Principal, csrf_token, needs, principal_of
from flywheel.review.around import Surroundings
from flywheel.review.batch import Batch
from flywheel.review.form import read_filters
from flywheel.review.pace import Pace, Paces
from flywheel.review.queue import Address
from flywheel.settings import PageSettings, Settings


@dataclass(frozen=True)
class Review:
    """What the routes work with."""

    settings: Settings
    batch: Batch
    templates: Jinja2Templates
    desk: Desk
    surroundings: Surroundings = field(init=False)
    paces: Paces = field(init=False)
    shown: Event = field(default_factory=Event)
    """Set when the first page was rendered for somebody who is in."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "surroundings", Surroundings(self.settings))
        object.__setattr__(self, "paces", Paces(self.desk))

    @property
    def asks(self) -> PageSettings:
        """What the page asks of its reviewers."""
        return self.settings.page

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """Render a template; every value is escaped."""
        principal = principal_of(request.scope)
        may = {str(p): principal is not None and principal.may(p) for p in Permission}
        context = {
            "principal": principal,
            "reviewer": principal.name if principal else None,
            "may": may,
            "csrf": csrf_token(request) if principal else "",
            "batch": self.batch if principal else None,
            "notice": None if is_fragment(request) else _notice(request, principal),
            "address": Address(),
            "section": "",
            "asks": self.asks,
            "last": "" if principal is None or is_fragment(request) else self.last(principal),
        } | context
        page = self.templates.TemplateResponse(request, template, context, status)
        if principal is not None:
            self.shown.set()
        return page

    def bar(self, request: Request, pace: Pace) -> str:
        """The bar of the day's progress alone, for script to put in the old one's place."""
        return self.templates.get_template("_bar.html").render(pace=pace)

    def pace(self, principal: Principal, filters: Filters) -> Pace:
        """How far the day went, for who looks."""
        team = principal.may(Permission.SEE_TEAM)
        return self.paces.of(viewer_of(principal), filters, team=team)

    def last(self, principal: Principal) -> str:
        """The id of what undo would take back; empty: nothing."""
        made = self.desk.last(viewer_of(principal))
        return made.decision_id if made else ""

    def case(self, candidate_id: str, viewer: Viewer) -> CaseFile:
        """A case as this viewer may know it; 404 for any other."""
        file = self.desk.case(candidate_id, viewer)
        if file is None:
            raise HTTPException(
                404, "There is no such case: it was never proposed, or its data was erased."
            )
        return file


def _review(request: Request) -> Review:
    review: Review = request.app.state.review
    return review


def _notice(request: Request, principal: Principal | None) -> str | None:
    notice: str | None = request.session.pop("notice", None) if principal else None
    return notice


Site = Annotated[Review, Depends(_review)]
InQueue = Annotated[Filters, Depends(read_filters)]
Reader = Annotated[Principal, Depends(needs(Permission.READ_QUEUE))]
Decider = Annotated[Principal, Depends(needs(Permission.DECIDE))]


def viewer_of(principal: Principal) -> Viewer:
    """How the desk knows this person."""
    adjudicates = principal.may(Permission.ADJUDICATE)
    return Viewer(principal.name, principal.tenant, adjudicates)


def is_fragment(request: Request) -> bool:
    """Whether script asks, for a part of a page."""
    return "x-fragment" in request.headers


def wants_json(request: Request) -> bool:
    """Whether script asks, for an answer in JSON."""
    return "application/json" in request.headers.get("accept", "")


def go_on(request: Request, said: str, url: str, **more: Any) -> Response:
    """What was done, and where to go: for script, or as a redirect that says it there."""
    if not (wants_json(request) and url.startswith("/cases/")):
        request.session["notice"] = said  # the page that comes next tells it
    if wants_json(request):
        named = request.app.state.access.shown.named
        return JSONResponse({"said": named(said), "next": url} | more)
    return RedirectResponse(url, 303)


def status_of(error: FlywheelError) -> int:
    """The HTTP status of an error of this project."""
    if isinstance(error, StoreError):
        return 503
    if isinstance(error, UserError):
        return 409 if isinstance(error, MeanwhileError) else 400
    return 500
