"""Publish now, and what came of it."""

from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from flywheel.review.access import Permission, needs
from flywheel.review.site import Site

router = APIRouter()
Publisher: Final = [Depends(needs(Permission.PUBLISH))]


@router.post("/publish", dependencies=Publisher)
def publish(site: Site) -> Response:
    """Promote what is approved and publish a release."""
    site.batch.publish()
    return RedirectResponse("/published", 303)


@router.get("/published", dependencies=Publisher)
def published(request: Request, site: Site) -> Response:
    """What the last publication of this page did."""
    return site.page(request, "published.html")
