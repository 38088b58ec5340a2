"""Reads the form that a decision comes in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import HTTPException, Query, Request
from pydantic import AfterValidator, ValidationError

from flywheel.desk import Filters, Made, in_order
from flywheel.errors import InputError
from flywheel.settings import PageSettings
from schemas.candidate import CandidateView
from schemas.decision import JUDGEMENTS, Decision, Verdict
from schemas.target import Target

_SIDE: Final = "side-"
_VERDICTS: Final = ("approve", "edit", "reject", "skip", "send")
_RUBRIC: Final = "rubric."
_MOST_LABELS: Final = 20
"""As in the API."""


class DecisionForm(NamedTuple):
    """What the reviewer chose and typed; unscrubbed, so it goes nowhere but to the desk, which
    scrubs it, and back to the page of the one who typed it.
    """

    verdict: str = "skip"
    """One of a `Verdict`, or `side-A`: as one of two who differ says."""
    output: str = ""
    reason: str = ""
    words: str = ""
    """The reason in the reviewer's own words."""
    target: str = ""
    critical: bool = False
    labels: str = ""
    note: str = ""
    sent_to: str = ""
    sent_note: str = ""
    """To whom it is sent."""
    rubric: Mapping[str, str] = {}
    text_version: str = ""
    state: str = ""
    """Of the case as it was shown."""
    seconds: str = ""
    force: bool = False

    @property
    def says_more(self) -> bool:
        """Whether anything was said that stands behind "More"."""
        return bool(self.critical or self.labels or self.note or self.rubric)


class Sides(NamedTuple):
    """The verdicts of two who differ, by letter; who is who is not told."""

    made: tuple[Made, ...]

    def by_letter(self, letter: str) -> Decision:
        """The decision behind a letter. Raises `InputError`."""
        for known, made in zip("ABCDEFGH", self.made, strict=False):
            if known == letter:
                return made.decision
        raise InputError("This case is not disputed any more.")


def sides_of(made: Sequence[Made]) -> Sides:
    """In the order of their letters."""
    return Sides(tuple(in_order(made)))


def decide_by(
    form: DecisionForm,
    view: CandidateView,
    reviewer: str,
    asks: PageSettings,
    *,
    sides: Sides | None = None,
) -> Decision:
    """The decision that a form stands for; `sides`: it settles a disputed case.

    Raises `InputError` when it says too little.
    """
    said = _said(form, view, sides)
    values = {
        "candidate_id": view.candidate_id,
        "reviewer": reviewer,
        "note": _note(form),
        "text_version": form.text_version or None,
        "seconds": _seconds(form.seconds),
    }
    if Verdict(said["verdict"]) in JUDGEMENTS:
        values |= _judged(form, view, asks, said)
        if sides is not None:
            values["adjudicates"] = True
    return decision_now(values | said)


def decision_now(values: Mapping[str, Any]) -> Decision:
    """A decision of this moment. Raises `InputError`, whose message quotes nothing typed."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return Decision.model_validate(given | {"time": datetime.now(UTC).isoformat()})
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=False)
        where = str(first["loc"][0]) if first["loc"] else ""
        if where == "labels":
            raise InputError("A label is a word or two: letters, digits, . : / + -") from None
        raise InputError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def _note(form: DecisionForm) -> str | None:
    """What was written under "More", and to whom the case is sent."""
    notes = (form.sent_note if form.verdict == "send" else "", form.note)
    return " ".join(note.strip() for note in notes if note.strip()) or None


def _said(form: DecisionForm, view: CandidateView, sides: Sides | None) -> dict[str, Any]:
    """Verdict, and what goes with this one alone."""
    if form.verdict.startswith(_SIDE):
        if sides is None:
            raise InputError("This case is not disputed any more.")
        chosen = sides.by_letter(form.verdict.removeprefix(_SIDE))
        names = {"verdict", "output", "reason", "target", "critical", "labels"}
        return chosen.model_dump(include=names, exclude_none=True)
    if form.verdict in ("approve", "edit"):
        return _approval(form, view)
    if form.verdict == "send":
        if not form.sent_to.strip():
            raise InputError("Say whom the case should go to.")
        return {"verdict": Verdict.SEND, "sent_to": form.sent_to.strip()}
    if form.verdict == "reject":
        return {"verdict": Verdict.REJECT, "reason": reason_of(form.reason, form.words)}
    return {"verdict": Verdict.SKIP}


def reason_of(reason: str, words: str) -> str:
    """The chosen reason and the reviewer's words as one. Raises `InputError` without any."""
    why = ": ".join(part.strip() for part in (reason, words) if part.strip())
    if not why:
        raise InputError("Say why it is rejected: choose a reason or write one.")
    return why


def _approval(form: DecisionForm, view: CandidateView) -> dict[str, Any]:
    """An edit that changes nothing is an approval; what users suggested since is an edit."""
    output = form.output if form.verdict == "edit" else view.suggested_output
    if output is not None and output != view.proposed_output:
        if not output.strip():
            raise InputError("Write the ideal output: an empty one cannot be approved.")
        return {"verdict": Verdict.EDIT, "output": output}
    if view.proposed_output is None:
        raise InputError("There is no proposed ideal output to approve: write one.")
    return {"verdict": Verdict.APPROVE}


def _judged(
    form: DecisionForm, view: CandidateView, asks: PageSettings, said: Mapping[str, Any]
) -> dict[str, Any]:
    """What a judgement carries besides its verdict."""
    is_approval = said["verdict"] is not Verdict.REJECT
    target = Target(form.target) if form.target and asks.choose_target else view.target
    critical = form.critical or bool(said.get("critical"))
    if critical and is_approval and said.get("target", target) is Target.BANK:
        raise InputError("Only a golden case can be critical: let it go to the golden set.")
    labels = tuple(label.strip() for label in form.labels.split(",") if label.strip())
    if len(labels) > _MOST_LABELS:
        raise InputError(f"A decision has {_MOST_LABELS} labels at the most.")
    return {
        "target": target if is_approval and target is not view.target else None,
        "critical": (critical and is_approval) or None,
        "labels": labels or None,
        "rubric": _rubric(form, view, asks),
    }


def _rubric(form: DecisionForm, view: CandidateView, asks: PageSettings) -> dict[str, int] | None:
    given = {
        name: int(form.rubric[name])
        for name in asks.criteria
        if form.rubric.get(name, "").isascii() and form.rubric.get(name, "").isdigit()
    }
    missing = [name for name in asks.criteria if name not in given]
    if missing and asks.rubric_needed(view.target):
        raise InputError(f"Rate it first, under “More”: {', '.join(missing)}.")
    return given or None


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


async def read_form(request: Request) -> DecisionForm:
    """The form's fields; browsers send line breaks as CR LF."""
    sent = await request.form()
    given = {
        name: value.replace("\r\n", "\n") for name, value in sent.items() if isinstance(value, str)
    }
    verdict = given.get("verdict", "")
    if verdict not in _VERDICTS and not verdict.startswith(_SIDE):
        raise HTTPException(400, "This form does not say what to do.")
    typed = ("output", "reason", "words", "labels", "note", "sent_to", "sent_note")
    texts = (*typed, "text_version", "state")
    target = given.get("target", "")
    return DecisionForm(
        verdict=verdict,
        target=target if target in tuple(Target) else "",
        critical=bool(given.get("critical")),
        rubric={
            name.removeprefix(_RUBRIC): value
            for name, value in given.items()
            if name.startswith(_RUBRIC)
        },
        seconds=given.get("seconds", ""),
        force=bool(given.get("force")),
        **{name: given.get(name, "") for name in texts},
    )


def _day(text: str) -> str:
    """Of the calendar, or empty."""
    if text and (len(text) != len("2026-01-31") or date.fromisoformat(text) is None):
        raise ValueError("no day")
    return text


Day = Annotated[str, AfterValidator(_day)]


def read_filters(
    state: Literal["", "pending", "disputed", "approved", "rejected"] = "",
    target: Literal["", "golden", "bank"] = "",
    feature: str = "",
    tenant: str = "",
    reason: str = "",
    signal: str = "",
    model: str = "",
    drawn: Literal["", "telling", "random"] = "",
    since: Day = "",
    until: Day = "",
    text: Annotated[str, Query(max_length=200)] = "",
    mine: bool = False,
    passed: bool = False,
) -> Filters:
    """The filters in an address; an empty choice is none."""
    return Filters(
        state=state or "pending",
        target=target or None,
        feature=feature or None,
        tenant=tenant or None,
        reason=reason or None,
        signal=signal or None,
        model=model or None,
        drawn=drawn or None,
        since=since or None,
        until=until or None,
        text=text.strip() or None,
        mine=mine,
        passed=passed,
    )
