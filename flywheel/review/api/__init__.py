"""The review as a JSON API under /api/v1: what the pages do, for programs with a token.

`router` holds the routes; `Api` is what they work with, in `app.state.api`; `explain` answers an
error in their form.
"""

from flywheel.review.api.context import PREFIX, Api
from flywheel.review.api.problems import explain
from flywheel.review.api.routes import router

__all__ = ["PREFIX", "Api", "explain", "router"]
