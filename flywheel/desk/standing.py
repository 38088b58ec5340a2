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


def stand(question: Question, made: Sequence[Made]) -> Standing:
    """The state of a case; `made` are the decisions about it in the order of the facts."""
    standing = [one for one in made if not one.undone and one.decision.verdict is not Verdict.UNDO]
    if question.reviewers == 1:
        return _standing(question, _newest(standing), given=0, differ=False)
    verdicts = _own(standing)
    differ = len({_said(question, one.decision) for one in verdicts}) > 1
    deciding = _newest([one for one in standing if one.decision.adjudicates])
    if deciding is None and len(verdicts) >= 2 and not differ:
        deciding = _newest(verdicts)
    return _standing(question, deciding, given=len(verdicts), differ=differ)


def _standing(question: Question, made: Made | None, *, given: int, differ: bool) -> Standing:
    reopened = made is not None and made.decision_id == question.reopened
    return Standing(_state(question, made, reopened, given, differ), made, given)


def _state(
    question: Question, made: Made | None, reopened: bool, given: int, differ: bool
) -> State:
    if question.reviewers == 2:
        if made is None and given >= 2 and differ:
            return "disputed"
        if made is not None and made.decision.adjudicates and reopened:
            return "disputed"
    if reopened:
        return "pending"
    if made is not None and made.decision.verdict in JUDGEMENTS:
        return "rejected" if made.decision.verdict is Verdict.REJECT else "approved"
    return "merged" if question.merged else "pending"


def _own(standing: Sequence[Made]) -> list[Made]:
    """Each reviewer's newest word, where it is a judgement; an adjudication is nobody's own."""
    newest: dict[str, Made] = {}
    for one in sorted((one for one in standing if not one.decision.adjudicates), key=_time):
        newest[one.decision.reviewer] = one
    return [one for one in newest.values() if one.decision.verdict in JUDGEMENTS]


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
