"""Label Studio's form: tasks with predictions and annotations, and the labelling configuration.

A prediction stands for the proposed ideal answer and the target; an annotation is one person's
answers, a region a question.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree as xml

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

TOOL: Final = "label-studio"
MODEL: Final = "feedback-flywheel"
_SHOWN: Final = "answer"
"""The text that the questions belong to."""
_SKIP: Final = {"verdict": "skip"}
_PAPER: Final = {"choice": "single", "showInline": "true"}


def encode(reviewed: Reviewed) -> dict[str, Any]:
    """One task."""
    view = reviewed.view
    suggested = {"ideal": reviewed.ideal, "target": view.target.value}
    return {
        "data": {
            "conversation": [{"role": m.role, "content": m.text} for m in view.messages],
            "answer": view.output or "(none)",
            "context": "\n\n".join(f"{one.id}\n{one.text}" for one in view.context) or "(none)",
            "why": view.reason,
            **facts_of(reviewed),
        },
        "predictions": [{"model_version": MODEL, "result": _regions(suggested)}],
        "annotations": [
            {
                "completed_by": {"email": decision.reviewer},
                "was_cancelled": decision.verdict == "skip",
                "created_at": decision.time.isoformat(),
                "lead_time": decision.seconds,
                "result": _regions(values_of(decision, reviewed.ideal)),
            }
            for decision in reviewed.decisions
        ],
    }


def decode(record: Mapping[str, Any]) -> Iterator[Answered]:
    """What each person submitted; a task that somebody skipped is a skip."""
    data = record.get("data")
    candidate_id = data.get("candidate_id") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(candidate_id, str):
        raise InputError("data.candidate_id: the candidate's id is needed")
    kept = kept_of(data)
    suggested = _suggested(record)
    for annotation in _list(record, "annotations"):
        person = _person(annotation)
        skipped = annotation.get("was_cancelled") is True
        yield Answered(
            candidate_id=candidate_id,
            reviewer=f"{TOOL}:{person}",
            values=dict(_SKIP) if skipped else _values(annotation),
            suggested=suggested,
            unwritten=data.get("unwritten") == "yes",
            kept=kept.get(person, {}),
            exported_as=person if person in kept else "",
            number=_number(annotation),
        )


def configure(criteria: Sequence[str]) -> str:
    """The labelling configuration: what is shown, and a control for each question."""
    view = xml.Element("View")
    shown = {"conversation": "Paragraphs", "context": "Text", _SHOWN: "Text", "why": "Text"}
    for name, tag in shown.items():
        xml.SubElement(view, "Header", value=name.capitalize())
        more = {"layout": "dialogue", "nameKey": "role", "textKey": "content"}
        xml.SubElement(view, tag, name=name, value=f"${name}", attrib=more if tag != "Text" else {})
    for name in ("verdict", *TEXTS, *(one for one in CHOICES if one != "verdict")):
        xml.SubElement(view, "Header", value=TITLES[name])
        _control(view, name)
    for criterion in criteria:
        xml.SubElement(view, "Header", value=criterion.capitalize())
        xml.SubElement(view, "Rating", name=f"{RUBRIC}{criterion}", toName=_SHOWN, maxRating="5")
    xml.indent(view)
    return xml.tostring(view, encoding="unicode") + "\n"


def _control(view: xml.Element, name: str) -> None:
    if name in TEXTS:
        more = {"rows": "4", "maxSubmissions": "1", "editable": "true"}
        xml.SubElement(view, "TextArea", name=name, toName=_SHOWN, attrib=more)
        return
    required = {"required": "true"} if name == "verdict" else {}
    choices = xml.SubElement(view, "Choices", name=name, toName=_SHOWN, attrib=_PAPER | required)
    for number, option in enumerate(CHOICES[name], start=1):
        key = {"hotkey": str(number)} if name == "verdict" else {}
        xml.SubElement(choices, "Choice", value=option, attrib=key)


def _regions(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [_region(name, value) for name, value in values.items() if value is not None]


def _region(name: str, value: Value) -> dict[str, Any]:
    kind, held = "textarea", {"text": [value]}
    if name in CHOICES:
        kind, held = "choices", {"choices": [value]}
    elif name.startswith(RUBRIC):
        kind, held = "rating", {"rating": value}  # type: ignore[dict-item]
    return {"id": name, "from_name": name, "to_name": _SHOWN, "type": kind, "value": held}


def _values(annotation: Mapping[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for region in _list(annotation, "result"):
        held, name = region.get("value"), region.get("from_name")
        if not isinstance(held, dict) or not isinstance(name, str):
            raise InputError("annotations.result: each region needs from_name and value")
        values[name] = _value(held)
    return values


def _value(held: Mapping[str, Any]) -> Value:
    """Of several texts that somebody submitted to one question the last counts."""
    value = held.get("rating")
    for name in ("text", "choices"):
        given = held.get(name)
        if given is not None:
            value = given[-1] if isinstance(given, list) and given else given
    if not isinstance(value, str | int | None):
        raise InputError("annotations.result: a value is a text, a choice or a number")
    return value


def _suggested(record: Mapping[str, Any]) -> str | None:
    for prediction in _list(record, "predictions"):
        if prediction.get("model_version") == MODEL:
            ideal = _values(prediction).get("ideal")
            return ideal if isinstance(ideal, str) else None
    return None


def _person(annotation: Mapping[str, Any]) -> str:
    """Who annotated: by e-mail address where the export tells it, else by number."""
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    if not isinstance(who, str | int) or who == "":
        raise InputError("annotations.completed_by: who annotated is needed")
    return str(who)


def _number(annotation: Mapping[str, Any]) -> str:
    """The user's number, where the export tells it beside the address."""
    who = annotation.get("completed_by")
    number = who.get("id") if isinstance(who, dict) else None
    return str(number) if isinstance(number, int) else ""


def _list(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = record.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(f"{name}: must be a list of objects")
    return found
