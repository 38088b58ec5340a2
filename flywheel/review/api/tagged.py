"""Answers with an ETag: who has it already is told so in a few bytes."""

import hashlib
import json
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "As the ETag says it was."}}


def tagged(request: Request, value: BaseModel | dict[str, Any]) -> Response:
    """The value as JSON, or 304 when If-None-Match has its ETag."""
    if isinstance(value, BaseModel):
        body = value.model_dump_json().encode("utf-8", "surrogatepass")
    else:
        body = json.dumps(value).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = request.headers.get("if-none-match", "")
    if tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})
