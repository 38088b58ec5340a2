"""Argilla's form (version 2): records as `Record.from_dict` takes and its JSON export gives them.

Fields are what is shown, questions what is asked; a suggestion stands for the proposed ideal answer
and the target; a response is one user's answer to one question.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from flywheel.errors import InputError
from flywheel.forms.questions import (
    CHOICES,
    RUBRIC,
    TEXTS,
    TITLES,
    Answered,
    Reviewed,
    Value,
    facts_of,
    kept_of,
    values_of,
)

TOOL: Final = "argilla"
AGENT: Final = "feedback-flywheel"
_SKIP: Final = {"verdict": "skip"}
_METADATA: Final = ("target", "state", "feature", "tenant", "model", "prompt", "reason_code")
_NUMBERS: Final = ("p_good", "users")


def encode(reviewed: Reviewed) -> dict[str, Any]:
    """One record."""
    view = reviewed.view
    responses: dict[str, list[dict[str, Any]]] = {}
    for decision in reviewed.decisions:
        user = {"user_id": str(user_id(decision.reviewer)), "status": "submitted"}
        for name, value in values_of(decision, reviewed.ideal).items():
            responses.setdefault(name, []).append({"value": value, **user})
    return {
        "id": view.candidate_id,
        "fields": {
            "conversation": [{"role": m.role, "content": m.text} for m in view.messages],
            "answer": view.output or "",
            "context": "\n\n".join(f"{one.id}\n{one.text}" for one in view.context),
            "why": view.reason,
        },
        "metadata": facts_of(reviewed),
        "suggestions": {
            name: {"value": value, "score": None, "agent": AGENT}
            for name, value in (("ideal", reviewed.ideal), ("target", view.target.value))
            if value is not None
        },
        "responses": responses,
        "vectors": {},
        "status": "completed" if responses else "pending",
        "_server_id": None,
    }


def decode(record: Mapping[str, Any]) -> Iterator[Answered]:
    """What each user submitted or discarded; drafts are nobody's word yet.

    Argilla's own export tells no response's status: there it is the record's.
    """
    facts = _mapping(record, "metadata")
    candidate_id = facts.get("candidate_id") or record.get("id")
    if not isinstance(candidate_id, str):
        raise InputError("id: the candidate's id is needed, here or in metadata.candidate_id")
    kept = kept_of(facts)
    names = {str(user_id(name)): name for name in kept}
    suggested = _mapping(_mapping(record, "suggestions"), "ideal").get("value")
    for user, values in _by_user(record).items():
        name = names.get(user, "")
        yield Answered(
            candidate_id=candidate_id,
            reviewer=f"{TOOL}:{user}",
            values=values,
            suggested=suggested if isinstance(suggested, str) else None,
            unwritten=facts.get("unwritten") == "yes",
            kept=kept.get(name, {}),
            exported_as=name,
        )


def configure(criteria: Sequence[str]) -> str:
    """The dataset's settings, as `argilla.Settings.from_json` reads them."""
    fields = [_field("conversation", "chat"), *(_field(n, "text") for n in ("answer", "context"))]
    metadata = [_property(name, "terms") for name in _METADATA]
    metadata += [_property(name, "float") for name in _NUMBERS]
    settings = {
        "guidelines": "Decide whether the case becomes an example, and with which ideal answer.",
        "fields": [*fields, _field("why", "text")],
        "questions": [*_questions(criteria)],
        "vectors": [],
        "metadata": metadata,
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }
    return json.dumps(settings, indent=2) + "\n"


def user_id(reviewer: str) -> UUID:
    """Argilla knows users by UUID: always the same one for a name."""
    return uuid5(NAMESPACE_URL, f"feedback-flywheel:{reviewer}")


def _by_user(record: Mapping[str, Any]) -> dict[str, dict[str, Value]]:
    default = "draft" if record.get("status") == "pending" else "submitted"
    users: dict[str, dict[str, Value]] = {}
    for question, responses in _mapping(record, "responses").items():
        for response in responses if isinstance(responses, list) else ():
            user, status, value = _response(response, default)
            if status == "discarded":
                users[user] = dict(_SKIP)
            elif status == "submitted" and users.get(user) != _SKIP:
                users.setdefault(user, {})[str(question)] = value
    return users


def _response(response: Any, default: str) -> tuple[str, str, Value]:
    if not isinstance(response, dict) or not isinstance(response.get("user_id"), str):
        raise InputError("responses: each needs a user_id")
    value = response.get("value")
    if not isinstance(value, str | int | None):
        raise InputError("responses: a value is a text or a number")
    return response["user_id"], str(response.get("status") or default), value


def _mapping(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = record.get(name) or {}
    if not isinstance(found, dict):
        raise InputError(f"{name}: must be an object")
    return found


def _field(name: str, kind: str) -> dict[str, Any]:
    settings = {"type": kind, "use_markdown": False}
    required = name in ("conversation", "why")
    return {"name": name, "title": name.capitalize(), "required": required, "settings": settings}


def _property(name: str, kind: str) -> dict[str, Any]:
    settings = {"type": kind}
    return {"name": name, "title": name, "settings": settings, "visible_for_annotators": True}


def _questions(criteria: Sequence[str]) -> Iterator[dict[str, Any]]:
    for name, options in CHOICES.items():
        labels = [{"value": one, "text": one, "description": None} for one in options]
        yield _question(name, {"type": "label_selection", "options": labels})
    for name in TEXTS:
        yield _question(name, {"type": "text", "use_markdown": False})
    for criterion in criteria:
        grades = [{"value": grade} for grade in range(1, 6)]
        yield _question(f"{RUBRIC}{criterion}", {"type": "rating", "options": grades})


def _question(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLES.get(name, name.removeprefix(RUBRIC).capitalize()),
        "description": None,
        "required": name == "verdict",
        "settings": settings,
    }
