"""The lines of `flywheel decisions`: the queue and the verdicts as JSON, for other tools."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from flywheel.errors import InputError
from schemas.candidate import CandidateView
from schemas.decision import Decision, Verdict
from schemas.target import Target

_KEYS: Final = tuple(Decision.model_fields)
_MORE: Final = {
    "target",
    "critical",
    "labels",
    "note",
    "rubric",
    "sent_to",
    "adjudicates",
    "undoes",
}
_KINDS: Final = ("candidate", "decision")
NO_CASE: Final = "candidate_id: no such candidate"


class Given(NamedTuple):
    """A decision as a line gave it."""

    decision: Decision
    timed: bool
    """Whether the line had a time; else it is that of the import."""


def parse_line(line: bytes, now: datetime) -> Given | None:
    """The decision in a line; None for a candidate to which no verdict was added.

    Raises `InputError` with the rule that the line breaks, never with its text.
    """
    try:
        data = from_json(line, allow_inf_nan=False)
    except ValueError:
        raise InputError("no JSON") from None
    if not isinstance(data, dict):
        raise InputError("no JSON object")
    kind = data.pop("kind", "decision")
    if kind not in _KINDS:
        raise InputError("kind: must be candidate or decision")
    if kind == "candidate":
        if data.get("verdict") is None:
            return None
        data = {key: data[key] for key in _KEYS if key in data}
        if data["verdict"] not in (Verdict.APPROVE, Verdict.EDIT):
            data.pop("target", None)  # the candidate's: only an approval says where a case goes
    timed = data.get("time") is not None
    if not timed:
        data["time"] = now.isoformat()
    return Given(_decision(data), timed)


def check_time(decision: Decision, now: datetime, tolerance_s: int) -> None:
    """Raise `InputError` for a time that cannot be: later decisions would never win."""
    if decision.time > now + timedelta(seconds=tolerance_s):
        raise InputError("time: in the future")


def decision_id(decision: Decision) -> str:
    """A hash of the content: the same decision again is the same row."""
    fact: list[Any] = [
        decision.candidate_id,
        decision.verdict.value,
        decision.output,
        decision.reason,
        decision.reviewer,
        decision.time.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    if more := content_of(decision):
        fact.append(more)
    return "d-" + hashlib.sha256(json.dumps(fact).encode()).hexdigest()[:24]


def content_of(decision: Decision) -> dict[str, Any]:
    """What a decision says besides verdict, output and reason; nothing, in those of version 0."""
    return decision.model_dump(mode="json", include=_MORE, exclude_none=True)


def fact_of(decision: Decision) -> tuple[Any, ...]:
    """Equal for the same words of the same reviewer, whenever they were said."""
    return (
        decision.verdict,
        decision.output,
        decision.reason,
        decision.reviewer,
        content_of(decision),
    )


def after(decision: Decision, earlier: datetime | None) -> Decision:
    """The decision, later than what stands: a clock that was put back must not make it older."""
    if earlier is None or decision.time > earlier:
        return decision
    return decision.model_copy(update={"time": earlier + timedelta(microseconds=1)})


def candidate_line(view: CandidateView) -> str:
    """A candidate for labelling tools; its keys leave those of a decision free to be added.

    `answer` is what the model answered and `why` the reason for the proposal, since `output` and
    `reason` are the reviewer's.
    """
    data = view.model_dump(mode="json")
    line = {"kind": "candidate"} | {
        {"output": "answer", "reason": "why", "time": "answered_at"}.get(key, key): value
        for key, value in data.items()
        if key not in _OF_DECISION
    }
    return json.dumps(line, ensure_ascii=False)


NAMELESS: Final[dict[str, Any]] = {"reviewer": None, "sent_to": None}
"""What stands in a decision that does not say whose it is: an import refuses it."""


def decision_line(decision: Decision, *, named: bool = True) -> str:
    """A decision as `flywheel decisions import` reads it back, if it is told whose it is."""
    line = {"kind": "decision"} | decision.model_dump(mode="json", exclude_none=True)
    line |= {} if named else NAMELESS
    return json.dumps(line, ensure_ascii=False)


def stored_decision(row: Mapping[str, Any]) -> Decision:
    """A decision as a row of `decisions` holds it: it was checked on its way in."""
    values = {name: row[name] for name in Decision.model_fields}
    rubric, labels, target = values["rubric"], values["labels"], values["target"]
    values |= {
        "verdict": Verdict(values["verdict"]),
        "time": values["time"].astimezone(UTC),
        "rubric": None if rubric is None else from_json(rubric),
        "labels": None if labels is None else tuple(labels),
        "target": None if target is None else Target(target),
    }
    return Decision.model_construct(**values)


_OF_DECISION: Final = (
    "verdict",
    "decided_output",
    "decided_reason",
    "reviewer",
    "decided_at",
    "goes_to",
    "critical",
    "labels",
    "note",
    "sent_to",
)
"""What a decision's own line tells."""


def _decision(data: dict[str, Any]) -> Decision:
    try:
        return Decision.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise InputError(told_fault(error)) from None


def told_fault(error: ValidationError) -> str:
    """The rules that a decision breaks, without what was written."""
    return "; ".join(_say(one) for one in error.errors(include_input=False))


def _say(error: Any) -> str:
    """One broken rule; an unknown key is not quoted, since it is the file's text."""
    if error["type"] == "extra_forbidden":
        return f"a key that no decision has (it has kind, {', '.join(_KEYS)})"
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg']}" if place else str(error["msg"])
