"""Where a case stands by what was decided: the rules of the view `candidate_states`, for one case.

The page cannot wait for the database to say so. A test holds the two against each other.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from flywheel.desk.records import Made
from schemas.candidate import State
from schemas.decision import JUDGEMENTS, Decision, Verdict
from schemas.target import Target

_SPACE: Final = re.compile(r"[\t\n\f\r ]+")  # as DuckDB has \s


class Question(NamedTuple):
    """What the facts say of a case besides decisions."""

    target: Target
    proposed_output: str | None
    reviewers: int
    """How many have to judge it."""
    reopened: str | None
    """A decision that new evidence put in doubt."""
    merged: bool


class Standing(NamedTuple):
    """Where a case stands, and by which decision."""

    state: State
    made: Made | None
    given: int
    """Judgements that are there, where two are needed."""
    sent_to: str | None = None
    """Who is asked to judge it, by the last word about it."""


def stand(question: Question, made: Sequence[Made]) -> Standing:
    """The state of a case; `made` are the decisions about it in the order of the facts."""
    standing = [one for one in made if not one.undone and one.decision.verdict is not Verdict.UNDO]
    if question.reviewers == 1:
        deciding = _newest(_judgements(standing)) or _newest(standing)
        return _standing(question, deciding, standing, given=0, differ=False)
    verdicts = _own(standing)
    differ = len({_said(question, one.decision) for one in verdicts}) > 1
    deciding = _newest([one for one in standing if one.decision.adjudicates])
    if deciding is None and len(verdicts) >= 2 and not differ:
        deciding = _newest(verdicts)
    return _standing(question, deciding, standing, given=len(verdicts), differ=differ)


def _standing(
    question: Question, made: Made | None, all: Sequence[Made], *, given: int, differ: bool
) -> Standing:
    if made is None:
        disputed = question.reviewers == 2 and given >= 2 and differ
        return Standing("disputed" if disputed else _undecided(question), None, given)
    word = _newest(all)
    sent_to = word.decision.sent_to if word else None
    return Standing(_state(question, made, all), made, given, sent_to)


def _state(question: Question, made: Made, all: Sequence[Made]) -> State:
    reopened = made.decision_id == question.reopened
    if question.reviewers == 2 and made.decision.adjudicates and reopened:
        return "disputed"
    if reopened or _passed_on(all):
        return "pending"
    if made.decision.verdict in JUDGEMENTS:
        return "rejected" if made.decision.verdict is Verdict.REJECT else "approved"
    return _undecided(question)


def _undecided(question: Question) -> State:
    return "merged" if question.merged else "pending"


def _passed_on(standing: Sequence[Made]) -> bool:
    """Whether a judged case was given to a colleague since, and nobody has judged it again."""
    asked = [one for one in standing if one.decision.verdict in {Verdict.SEND, *JUDGEMENTS}]
    newest = _newest(asked)
    sent = newest is not None and newest.decision.verdict is Verdict.SEND
    return sent and bool(_judgements(standing))


def _judgements(made: Sequence[Made]) -> list[Made]:
    """A skip and a pass are no verdicts: what was judged stands."""
    return [one for one in made if one.decision.verdict in JUDGEMENTS]


def _own(standing: Sequence[Made]) -> list[Made]:
    """Each reviewer's newest judgement; an adjudication is nobody's own."""
    newest: dict[str, Made] = {}
    own = [one for one in _judgements(standing) if not one.decision.adjudicates]
    for one in sorted(own, key=_time):
        newest[one.decision.reviewer] = one
    return list(newest.values())


def _said(question: Question, decision: Decision) -> tuple[bool, str, str]:
    if decision.verdict is Verdict.REJECT:
        return False, "", ""
    edited = decision.verdict is Verdict.EDIT
    ideal = (decision.output if edited else question.proposed_output) or ""
    words = _SPACE.sub(" ", ideal.lower()).strip(" ")
    return True, str(decision.target or question.target), words


def _newest(made: Sequence[Made]) -> Made | None:
    return max(enumerate(made), key=lambda one: (_time(one[1]), one[0]), default=(0, None))[1]


def _time(one: Made) -> float:
    return one.decision.time.timestamp()
