"""How far it went, in plots; and the audit's export."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from flywheel.desk import Filters, Made, Viewer
from flywheel.errors import FlywheelError, StoreError
from flywheel.review import figures, plots
from flywheel.review.access import Permission, Principal, needs
from flywheel.review.audit import audit_csv, audit_lines
from flywheel.review.figures import Chart, Figures
from flywheel.review.site import Reader, Review, Site, viewer_of
from flywheel.settings import Settings
from flywheel.steps.agreement import run_agreement
from flywheel.steps.draw import run_shares
from flywheel.steps.refit import run_reliability
from flywheel.steps.status import read_status
from flywheel.store import open_store

router = APIRouter()
Auditor = Annotated[Principal, Depends(needs(Permission.EXPORT_AUDIT))]

_PATIENCE_S = 5.0
_RESAMPLES = 200
_SIZE = {
    "width": plots.WIDTH,
    "height": plots.HEIGHT,
    "left": plots.LEFT,
    "right": plots.RIGHT,
}


@router.get("/progress")
def progress(request: Request, site: Site, reader: Reader) -> Response:
    """Mine and the team's; the team's plots for who may see them."""
    return site.page(
        request, "progress.html", section="progress", figures=_figures(site, reader), size=_SIZE
    )


@router.get("/audit")
def audit(site: Site, auditor: Auditor, form: Literal["jsonl", "csv"] = "jsonl") -> Response:
    """Every decision, what was taken back too; of cases that two still judge blind one's own, and
    where two differ without names until it is settled.
    """
    withheld, made = site.desk.withheld(), site.desk.decisions(Viewer("", auditor.tenant))
    told = [m for m in made if withheld.tells(m.decision, auditor.name)]
    write = audit_csv if form == "csv" else audit_lines
    lines = write(told, partial(withheld.names, name=auditor.name))
    kind = "text/csv" if form == "csv" else "application/x-ndjson"
    headers = {"Content-Disposition": f'attachment; filename="decisions.{form}"'}
    return StreamingResponse(lines, media_type=f"{kind}; charset=utf-8", headers=headers)


def _told(site: Review, made: list[Made], name: str) -> list[Made]:
    """Without what somebody else said who is one of two."""
    withheld = site.desk.withheld()
    return [m for m in made if withheld.tells(m.decision, name)]


def _figures(site: Review, reader: Principal) -> Figures:
    team = reader.may(Permission.SEE_TEAM)
    viewer, now = viewer_of(reader), datetime.now(UTC)
    asked = Viewer("" if team else reader.name, reader.tenant)
    made = _told(site, site.desk.decisions(asked), reader.name)
    left = site.pace(reader, Filters()).left
    top = figures.heads(made, reader.name, left, now, team=team)
    charts = [figures.over_time(made, now.date())]
    if team:
        charts += _team_charts(site, viewer, reader.name)
    return Figures(top, tuple(charts))


def _team_charts(site: Review, viewer: Viewer, name: str) -> list[Chart]:
    settings = site.settings.model_copy(update={"lock_timeout_s": _PATIENCE_S})
    readers: list[tuple[str, Callable[[], Chart]]] = [
        ("Funnel", lambda: figures.funnel(_funnel(settings))),
        ("Approvals by reason", lambda: figures.by_reason(*_reasons(site, viewer))),
        (
            "Agreement over time",
            lambda: figures.agreement(run_agreement(settings, viewer=name, resamples=_RESAMPLES)),
        ),
        (
            "Is P(good) right?",
            lambda: figures.calibration(run_reliability(settings, resamples=_RESAMPLES)),
        ),
        (
            "Would be approved, of all that waited",
            lambda: figures.shares(run_shares(settings)),
        ),
    ]
    return list(_or_busy(readers))


def _or_busy(readers: Iterable[tuple[str, Callable[[], Chart]]]) -> Iterator[Chart]:
    """Who holds the database for one figure holds it for the next: that is waited for once."""
    is_locked = False
    for title, read in readers:
        try:
            yield figures.busy(title) if is_locked else read()
        except FlywheelError as error:
            is_locked = isinstance(error, StoreError)
            yield figures.busy(title)


def _funnel(settings: Settings) -> dict[str, int]:
    status = read_status(open_store(settings))
    return {
        "answers": status.interactions,
        "cases": status.cases,
        "proposed": status.candidates,
        "decided": status.approved + status.rejected,
        "approved": status.approved,
        "in the release": status.golden + status.bank,
    }


def _reasons(site: Review, viewer: Viewer) -> tuple[dict[str, int], dict[str, int]]:
    def count(state: Any) -> dict[str, int]:
        return site.desk.count(Filters(state=state), viewer).facets.get("reason", {})

    return count("approved"), count("rejected")
