"""The queue in other labelling tools' records, and their answers as decisions."""

from io import BytesIO
from itertools import chain, islice
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import StreamingResponse

from flywheel.forms import FORMS, Tool
from flywheel.review.access import Permission, needs
from flywheel.review.api.bounds import Bounded
from flywheel.review.api.context import Site
from flywheel.review.api.problems import answers, problems
from flywheel.steps.decide import DecisionsReport
from flywheel.steps.forms import criteria_of, import_records, record_lines

router = APIRouter(prefix="/records/{tool}", route_class=Bounded, tags=["records"])

_WORD: Final = r"[^\s=,](?:[^=,]*[^\s=,])?"
Named = Annotated[
    str | None,
    Query(
        max_length=20_000,
        pattern=f"^{_WORD}={_WORD}(?:,{_WORD}={_WORD})*$",
        description="Who is meant by the tool's ids or addresses: `ID=NAME`, several with commas.",
        examples=["3=rosa,4=ben"],
    ),
]
_EXPORTS = [Depends(needs(Permission.EXPORT_AUDIT))]
_IMPORTS = [Depends(needs(Permission.MANAGE_USERS))]


@router.get(
    "",
    dependencies=_EXPORTS,
    response_class=StreamingResponse,
    responses=answers("A JSON list of records.", "application/json"),
)
def export(
    site: Site, tool: Tool, state: Literal["pending", "all"] = "pending"
) -> StreamingResponse:
    """The queue, and with `all` the decided cases with their decisions, as the tool's records."""
    pieces = record_lines(site.settings, tool, state, disputed=False)
    first = list(islice(pieces, 1))
    return StreamingResponse(chain(first, pieces), media_type="application/json")


@router.get(
    "/config",
    dependencies=_EXPORTS,
    response_class=Response,
    responses=answers("The tool's own settings.", "text/plain"),
)
def configure(site: Site, tool: Tool) -> Response:
    """How the tool has to be set up for the records: its settings, or labelling configuration."""
    criteria = criteria_of(site.settings)
    return Response(FORMS[tool].configure(criteria), media_type="text/plain; charset=utf-8")


@router.post("", dependencies=_IMPORTS, responses=problems())
def bring(
    site: Site,
    tool: Tool,
    people: Named = None,
    records: Annotated[bytes, Body(media_type="application/octet-stream")] = b"",
) -> DecisionsReport:
    """Take what people answered in the tool as decisions; a record that is wrong is refused by
    number and the rest goes in.

    For admins: `people` says in whose name. Whom it leaves out decides under the tool's own id.
    """
    return import_records(site.settings, tool, BytesIO(records), people=_read_people(people))


def _read_people(text: str | None) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in (text or "").split(",") if pair]
    return {id.strip(): name.strip() for id, _, name in pairs}
