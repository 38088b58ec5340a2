"""Says which part of an address or a form is wrong and what it takes; quotes nothing sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError

_TAKES: Final = {
    "since": "a day, such as 2026-01-31",
    "until": "a day, such as 2026-01-31",
    "page": "a whole number from 1 on",
    "mine": "1",
    "passed": "1",
}


def say_malformed(error: RequestValidationError) -> str:
    """A sentence for each part that is wrong. The names are this page's own: none is sent."""
    said = [f"“{_name(found)}” takes {_takes(found)}." for found in error.errors()]
    return " ".join(dict.fromkeys(said))


def without(request: Request, error: RequestValidationError) -> str | None:
    """The same address without what is wrong in it; None if the address is not what is wrong."""
    wrong = {_name(found) for found in error.errors() if found["loc"][0] == "query"}
    if not wrong or request.method != "GET":
        return None
    kept = [(name, value) for name, value in _query(request) if name not in wrong and value]
    return request.url.path + (f"?{urlencode(kept)}" if kept else "")


def _query(request: Request) -> Iterable[tuple[str, str]]:
    return request.query_params.multi_items()


def _name(found: Mapping[str, Any]) -> str:
    return str(found["loc"][1]) if len(found["loc"]) > 1 else "form"


def _takes(found: Mapping[str, Any]) -> str:
    known, context = _TAKES.get(_name(found)), found.get("ctx", {})
    if known is not None:
        return known
    if found["type"] == "literal_error":
        return str(context["expected"]).removeprefix("'', ").replace("'", "")
    if found["type"] == "string_too_long":
        return f"at most {context['max_length']:,} letters"
    if found["type"] == "missing":
        return "a value"
    return "another value" if not str(found["type"]).startswith("int") else "a whole number"
