"""What the routes work with, and how a page is rendered."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from flywheel.errors import FlywheelError, StoreError, UserError
from flywheel.review.auth import Login, is_signed_in
from flywheel.review.batch import Batch
from flywheel.settings import Settings


@dataclass(frozen=True)
class Review:
    """What the routes work with."""

    settings: Settings
    reviewer: str
    login: Login
    batch: Batch
    templates: Jinja2Templates

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """Render a template; every value is escaped."""
        signed_in = is_signed_in(request.scope)
        context |= {
            "reviewer": self.reviewer if signed_in else None,
            "csrf": request.session.get("csrf", "") if signed_in else "",
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
