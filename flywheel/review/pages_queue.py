"""The queue's page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from flywheel.review.queue import PAGE_SIZE, STATES, Address, choices, listed
from flywheel.review.site import InQueue, Reader, Site, viewer_of

router = APIRouter()
Page = Annotated[int, Query(ge=1, le=10**6)]


@router.get("/")
def queue(
    request: Request, site: Site, reader: Reader, filters: InQueue, page: Page = 1
) -> Response:
    """A page of the queue, the most telling first."""
    viewer, address = viewer_of(reader), Address(filters)
    counts = site.desk.count(filters, viewer)
    is_read = site.desk.is_read  # asked before the list is: an empty one is not what it seems then
    pages = max(1, -(-counts.shown // PAGE_SIZE))
    page = min(page, pages)
    first = (page - 1) * PAGE_SIZE
    entries = site.desk.find(filters, viewer, limit=PAGE_SIZE, offset=first)
    return site.page(
        request,
        "queue.html",
        section="queue",
        address=address,
        filtered=address.filtered,
        more_open=address.more_open,
        tabs=STATES,
        counts=counts,
        choices=choices(counts, filters),
        entries=[listed(entry) for entry in entries],
        first_open=next((e.candidate_id for e in entries if not e.open_by), None),
        pace=site.pace(reader, filters),
        reading=site.desk.reading,
        is_read=is_read,
        counted=reader.tenant is None,
        page=page,
        pages=pages,
        first=first + 1,
    )
