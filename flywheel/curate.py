"""Turns a judged case into a proposal: which ideal output, and why, in words."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from flywheel.dedupe import normalise
from flywheel.signals import differs
from schemas.base import Record
from schemas.candidate import Candidate, Target
from schemas.score import Evidence
from schemas.signal import Signal

_RISE: Final = re.compile(
    r" Rising: asked \d+ times this week, \d+ times in the four weeks before\."
)


class Route(Record):
    """A case on its way to a target, represented by its most telling answer."""

    cluster_id: str
    case_id: str
    """The wording that the telling answer was given to."""
    target: Target
    interaction_id: str
    is_bad: bool
    is_corrected: bool
    """Judged bad, with an explicit correction."""
    asked_this_week: int | None = None
    """How often, when the case is rising: much more often than before."""
    asked_before: int | None = None
    """In the four weeks before."""
    p_good: float
    feature: str | None
    tenant: str | None = None
    day: str
    output: str
    evidence: tuple[Evidence, ...]


class Suggestion(NamedTuple):
    """A text that a user put in place of an answer: a correction or an edit."""

    id: str
    time: datetime
    signal: Signal
    user: str | None
    text: str


class Chosen(NamedTuple):
    """The suggestion that most users gave."""

    text: str
    signal: Signal
    votes: int
    others: int
    """Different suggestions of the same kind."""


def propose(route: Route, suggestions: Sequence[Suggestion], policy_version: str) -> Candidate:
    """The candidate for a case; `suggestions` are its tenant's, for any answer of the case."""
    chosen = choose_output(route.output, suggestions)
    if route.target is Target.BANK and not route.is_corrected:
        chosen = None
        ideal: str | None = route.output
    else:
        ideal = chosen.text if chosen else None
    return Candidate(
        candidate_id=candidate_id(route.case_id, route.target),
        case_id=route.case_id,
        target=route.target,
        interaction_id=route.interaction_id,
        proposed_output=ideal,
        reason_code=_reason_code(route, chosen),
        reason=_reason(route, chosen),
        p_good=route.p_good,
        policy_version=policy_version,
        feature=route.feature,
        day=route.day,
    )


def candidate_id(case_id: str, target: Target) -> str:
    """The one id that a case's candidate for a target can have."""
    return "c-" + hashlib.sha256(f"{target}\0{case_id}".encode()).hexdigest()[:16]


def choose_output(output: str, suggestions: Sequence[Suggestion]) -> Chosen | None:
    """What most users would have answered; of several, the newest. Corrections before edits.

    One that says what the answer said already is none, whatever its case and white space.
    """
    for signal in (Signal.CORRECTION, Signal.EDIT):
        groups: dict[str, list[Suggestion]] = defaultdict(list)
        for suggestion in suggestions:
            if suggestion.signal is signal and differs(output, suggestion.text):
                groups[normalise(suggestion.text)].append(suggestion)
        if groups:
            best = max(groups.values(), key=lambda group: (_voters(group), *_newest(group)))
            text = max(best, key=lambda suggestion: (suggestion.time, suggestion.id)).text
            return Chosen(text, signal, _voters(best), len(groups) - 1)
    return None


def _voters(group: Sequence[Suggestion]) -> int:
    return len({s.id if s.user is None else f"user {s.user}" for s in group})


def _newest(group: Sequence[Suggestion]) -> tuple[datetime, str]:
    return max((suggestion.time, suggestion.id) for suggestion in group)


def _reason_code(route: Route, chosen: Chosen | None) -> str:
    if route.target is Target.BANK:
        return "corrected" if chosen else "confirmed_good"
    if not route.is_bad:
        return "rising"
    if chosen is None:
        return "judged_bad"
    return "judged_bad_corrected" if chosen.signal is Signal.CORRECTION else "judged_bad_edited"


def _reason(route: Route, chosen: Chosen | None) -> str:
    judged = "Judged good" if route.target is Target.BANK and chosen is None else "Judged bad"
    if route.target is Target.GOLDEN and not route.is_bad:
        judged = "Not clearly bad"
    notes = "; ".join(part.note for part in route.evidence)
    reason = f"{judged}, P(good) {_percent(route.p_good)}: {notes}.{_rise(route)}"
    if chosen is not None:
        return f"{reason} {_origin(chosen)}"
    if route.target is Target.GOLDEN:
        return f"{reason} Nobody gave a better answer: the ideal output is yours to write."
    return reason


def _rise(route: Route) -> str:
    if route.target is not Target.GOLDEN or route.asked_this_week is None:
        return ""
    return (
        f" Rising: asked {route.asked_this_week} times this week, "
        f"{route.asked_before} times in the four weeks before."
    )


def without_rise(reason: str) -> str:
    """A candidate's reason without how often all tenants together asked its case."""
    return _RISE.sub(" Rising: asked much more often than before.", reason)


def _percent(share: float) -> str:
    if share < 0.01:
        return "under 1%"
    return "over 99%" if share > 0.99 else f"{share:.0%}"


def _origin(chosen: Chosen) -> str:
    what = "correction" if chosen.signal is Signal.CORRECTION else "edited text"
    who = "a user" if chosen.votes == 1 else f"{chosen.votes} users"
    text = f"The {what} of {who} is proposed as the ideal output"
    if chosen.others:
        text += f" ({chosen.others} other {'one differs' if chosen.others == 1 else 'ones differ'})"
    return text + "."
