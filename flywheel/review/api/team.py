"""How far the review is, how far reviewers agree, what they are asked next, and publishing."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends

from flywheel.desk import Made, Viewer
from flywheel.review.access import Permission, needs
from flywheel.review.api.bounds import Bounded
from flywheel.review.api.context import InQueue, Reader, Site, viewer_of
from flywheel.review.api.models import Output, ProgressOut, Published, RoundIn
from flywheel.review.api.problems import problems
from flywheel.steps.agreement import run_agreement
from flywheel.steps.draw import run_draw, run_shares
from schemas.agreement import AgreementReport
from schemas.decision import JUDGEMENTS
from schemas.draw import DrawReport, ShareReport

router = APIRouter(route_class=Bounded, tags=["team"])

_DAYS = 30
_OfTeam = [Depends(needs(Permission.SEE_TEAM))]
_Publishes = [Depends(needs(Permission.PUBLISH))]


@router.get("/progress", responses=problems())
def progress(site: Site, principal: Reader, filters: InQueue) -> ProgressOut:
    """How many cases are left, and how many you (and for leads, all) decided."""
    viewer, now = viewer_of(principal), datetime.now(UTC)
    since = (now - timedelta(days=_DAYS)).isoformat(timespec="microseconds")
    sees_all = principal.may(Permission.SEE_TEAM)
    whose = Viewer("", viewer.tenant) if sees_all else viewer
    withheld, made = site.desk.withheld(), site.desk.decisions(whose, since)
    outputs = _outputs((m for m in made if withheld.tells(m.decision, principal.name)), now)
    own = [one for one in outputs if one.reviewer == principal.name]
    return ProgressOut(
        by_state=site.desk.count(filters, viewer).by_state,
        mine=own[0] if own else Output(reviewer=principal.name, hour=0, day=0, total=0),
        team=outputs if sees_all else None,
    )


@router.get("/agreement", dependencies=_OfTeam, responses=problems())
def agreement(site: Site) -> AgreementReport:
    """How far reviewers agree on cases that two judged, neither seeing the other's verdict."""
    return run_agreement(site.settings)


@router.get("/shares", dependencies=_OfTeam, responses=problems())
def shares(site: Site) -> ShareReport:
    """The share of all waiting cases that reviewers would approve, from those that were drawn."""
    return run_shares(site.settings)


@router.post("/rounds", dependencies=_Publishes, responses=problems())
def draw(site: Site, given: RoundIn) -> DrawReport:
    """Draw the cases that reviewers are asked next."""
    return run_draw(site.settings, size=given.size)


@router.post("/releases", dependencies=_Publishes, responses=problems(409))
def publish(site: Site) -> Published:
    """Promote what is approved, and publish a release if that changes anything."""
    report = site.batch.publish()
    return Published(
        release=report.release,
        published=report.published,
        added=report.added,
        withdrawn=report.withdrawn,
        refused=[(one.candidate_id, one.reason) for one in report.refused],
    )


def _outputs(made: Iterable[Made], now: datetime) -> list[Output]:
    counts = {"hour": Counter[str](), "day": Counter[str](), "total": Counter[str]()}
    spans = {"hour": timedelta(hours=1), "day": timedelta(days=1), "total": timedelta(days=_DAYS)}
    for one in made:
        decision = one.decision
        if one.undone or decision.verdict not in JUDGEMENTS:
            continue
        for name, span in spans.items():
            counts[name][decision.reviewer] += now - decision.time <= span
    return [
        Output(reviewer=name, hour=counts["hour"][name], day=counts["day"][name], total=total)
        for name, total in counts["total"].most_common()
    ]
