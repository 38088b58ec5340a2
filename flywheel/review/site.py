"""What the routes work with, and how a page is rendered."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from flywheel.errors import FlywheelError, StoreError, UserError
from flywheel.review.access import csrf_token, principal_of
from flywheel.review.batch import Batch
from flywheel.settings import Settings


@dataclass(frozen=True)
class Review:
    """What the routes work with."""

    settings: Settings
    batch: Batch
    templates: Jinja2Templates

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """Render a template; every value is escaped."""
        principal = principal_of(request.scope)
        signed_in = principal is not None
        context |= {
            "principal": principal,
            "reviewer": principal.name if principal else None,
            "csrf": csrf_token(request) if signed_in else "",
            "batch": self.batch if signed_in else None,
            "notice": request.session.pop("notice", None) if signed_in else None,
            "can_undo": signed_in and bool(request.session.get("undo")),
        }
        return self.templates.TemplateResponse(request, template, context, status)


def status_of(error: FlywheelError) -> int:
    """The HTTP status of an error of this project."""
    if isinstance(error, UserError):
        return 400
    return 503 if isinstance(error, StoreError) else 500
