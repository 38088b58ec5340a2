"""What every labelling tool is asked about a case, and which decision the answers make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from flywheel.decisions import told_fault
from flywheel.errors import InputError
from schemas.candidate import CandidateView
from schemas.decision import Decision, Verdict
from schemas.target import Target

VERDICTS: Final = (Verdict.APPROVE, Verdict.EDIT, Verdict.REJECT, Verdict.SKIP)
"""What another tool can say; sending and taking back are this page's own."""
TEXTS: Final = ("ideal", "reason", "note", "labels")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "verdict": tuple(VERDICTS),
    "target": tuple(Target),
    "critical": ("yes", "no"),
}
RUBRIC: Final = "rubric_"
"""In front of a criterion's name."""
TITLES: Final = {
    "verdict": "What becomes of the case?",
    "ideal": "The ideal answer (with edit, or another one with approve)",
    "target": "Where to? (default: where it was proposed)",
    "critical": "Must it never fail?",
    "reason": "Why not? (with reject)",
    "note": "For colleagues",
    "labels": "Labels, a line each",
}
DECIDED: Final = "decided"
"""The key of when a record's decisions were made: read again, they are the same ones."""
_LONGEST_KEPT: Final = 10_000

Value = str | int | None


@dataclass(frozen=True)
class Reviewed:
    """A candidate with the decisions that may be shown."""

    view: CandidateView
    decisions: tuple[Decision, ...]
    """One a reviewer at the most."""
    text_version: str

    @property
    def ideal(self) -> str | None:
        """What is suggested as the ideal answer."""
        return self.view.proposed_output or self.view.suggested_output


@dataclass(frozen=True)
class Answered:
    """One person's answers about one case."""

    candidate_id: str
    reviewer: str
    """Who the tool says it is, by the tool's own id: `label-studio:3`."""
    values: Mapping[str, Value]
    """By question; those not answered may be missing."""
    suggested: str | None
    """The ideal answer that was suggested."""
    unwritten: bool
    """That suggestion is users' own: it is in no proposal that could be approved."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What the record keeps of the decision that this was when it was written, ..."""
    exported_as: str = ""
    """... and whose it was. A claim of the file: no new decision is recorded under it."""
    number: str = ""
    """By which the tool knows the user besides, where it tells an address."""


def values_of(decision: Decision, ideal: str | None) -> dict[str, Value]:
    """The answers that a decision is."""
    approved = decision.verdict in (Verdict.APPROVE, Verdict.EDIT)
    answers: dict[str, Value] = {
        "verdict": decision.verdict.value,
        "ideal": (decision.output or ideal) if approved else None,
        "target": None if decision.target is None else decision.target.value,
        "critical": None if decision.critical is None else ("no", "yes")[decision.critical],
        "reason": decision.reason,
        "note": decision.note,
        "labels": "\n".join(decision.labels or ()) or None,
    }
    answers |= {f"{RUBRIC}{name}": grade for name, grade in (decision.rubric or {}).items()}
    return {name: value for name, value in answers.items() if value is not None}


def facts_of(reviewed: Reviewed) -> dict[str, str | float]:
    """What a tool may filter and sort by, and what the way back needs."""
    view = reviewed.view
    facts: dict[str, str | float | None] = {
        "candidate_id": view.candidate_id,
        "target": view.target.value,
        "state": view.state,
        "feature": view.feature,
        "tenant": view.tenant,
        "model": view.model,
        "prompt": view.prompt,
        "reason_code": view.reason_code,
        "p_good": view.p_good,
        "users": view.users,
        "text_version": reviewed.text_version,
        "unwritten": "yes" if view.proposed_output is None else "no",
        DECIDED: _kept(reviewed.decisions),
    }
    return {name: value for name, value in facts.items() if value is not None}


def kept_of(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What `facts_of` kept of each reviewer's decision; nothing where a tool changed it."""
    text = facts.get(DECIDED)
    if not isinstance(text, str) or len(text) > _LONGEST_KEPT:
        return {}
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {name: one for name, one in kept.items() if isinstance(one, dict)}


def decisions_of(answered: Answered, now: datetime) -> list[tuple[Decision, bool]]:
    """The decision as it was kept, if it was, then as a new one; whether its time is its own.

    The first that is known, or that can be, counts. Raises `InputError`.
    """
    given = _given(answered)
    readings = [(given | {"time": now.isoformat()}, False)]
    if answered.kept.get("time") is not None:
        kept = {name: answered.kept.get(name) for name in ("time", *_KEPT)}
        readings.insert(0, (given | kept | {"reviewer": answered.exported_as}, True))
    decisions = []
    for values, timed in readings:
        try:
            decisions.append((Decision.model_validate_json(json.dumps(values)), timed))
        except ValidationError as error:
            if not timed:
                raise InputError(told_fault(error)) from None
    return decisions


_KEPT: Final = ("seconds", "text_version", "adjudicates")


def _kept(decisions: Sequence[Decision]) -> str | None:
    kept = {
        one.reviewer: one.model_dump(mode="json", include={"time", *_KEPT}, exclude_none=True)
        for one in decisions
    }
    return json.dumps(kept) if kept else None


def _given(answered: Answered) -> dict[str, Any]:
    """The decision's values without its time."""
    values = dict(answered.values)
    verdict, output = _verdict(answered)
    given = {
        "candidate_id": answered.candidate_id,
        "reviewer": answered.reviewer,
        "verdict": verdict,
        "output": output,
        "reason": values.get("reason") or None,
        "note": values.get("note") or None,
        "labels": _labels(values.get("labels")),
        "rubric": _rubric(values),
    }
    if verdict in (Verdict.APPROVE, Verdict.EDIT):
        given["target"] = values.get("target") or None
    if verdict != Verdict.SKIP and values.get("critical") is not None:
        given["critical"] = values["critical"] == "yes"
    return given


def _verdict(answered: Answered) -> tuple[Value, Value]:
    """With the edited output: an approval whose ideal answer was written anew is an edit."""
    verdict, ideal = answered.values.get("verdict"), answered.values.get("ideal") or None
    suggested = answered.suggested
    if verdict == Verdict.APPROVE and answered.unwritten and (ideal or suggested):
        return Verdict.EDIT.value, ideal or suggested
    if verdict == Verdict.APPROVE and ideal is not None and not _same(ideal, suggested):
        return Verdict.EDIT.value, ideal
    if verdict == Verdict.EDIT:
        return verdict, ideal
    if verdict not in VERDICTS:
        raise InputError(f"verdict: one of {', '.join(VERDICTS)} is needed")
    return verdict, None


def _same(text: Value, other: str | None) -> bool:
    """Tools take white space at the ends away."""
    return other is not None and str(text).strip() == other.strip()


def _labels(text: Value) -> list[str] | None:
    labels = [line.strip() for line in str(text or "").splitlines()]
    return [label for label in labels if label] or None


def _rubric(values: Mapping[str, Value]) -> dict[str, str | int] | None:
    graded = {
        name.removeprefix(RUBRIC): value
        for name, value in values.items()
        if name.startswith(RUBRIC) and value is not None
    }
    return graded or None
