"""Every route of the pages, each with its rule."""

from typing import Final

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse

from flywheel.review.access import open_to_all
from flywheel.review.access.routes import router as ways_in
from flywheel.review.api import router as api
from flywheel.review.pages_bulk import router as bulk
from flywheel.review.pages_case import router as case
from flywheel.review.pages_decide import router as decide
from flywheel.review.pages_progress import router as progress
from flywheel.review.pages_publish import router as publish
from flywheel.review.pages_queue import router as queue

public: Final = APIRouter(dependencies=[Depends(open_to_all)])


@public.get("/health", response_class=PlainTextResponse)
def health() -> str:
    """Whether the page answers; says nothing else."""
    return "ok"


everything: Final = APIRouter()
"""What the application routes; put together here, once, as that takes a twentieth of a second."""
for router in (public, ways_in, queue, case, decide, bulk, progress, publish, api):
    everything.include_router(router)
