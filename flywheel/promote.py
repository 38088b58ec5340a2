"""Decides which examples are added, withdrawn or refused: a pure comparison of facts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from flywheel.errors import LeakError
from flywheel.gist import ask_of, tokens
from flywheel_client.selection import question_of
from schemas.base import Record
from schemas.candidate import Target
from schemas.event import ContextDocument, Message
from schemas.example import Example

_What: TypeAlias = Literal["added", "withdrawn", "refused"]

NOT_APPROVED: Final = "its newest decision no longer approves it"
NO_OUTPUT: Final = "it has no ideal output: approve it with an edited one"
NO_CONSENT: Final = "its user gave no consent, or withdrew it"
ERASED: Final = "its interaction was erased"
SAME_CASE: Final = "its case is in the {other}, and a case is never on both sides"
SAME_QUESTION: Final = (
    "its question and context are, normalised, those of another case in the {other}, and a case "
    "is never on both sides"
)
_NAMES: Final = {Target.GOLDEN: "golden set", Target.BANK: "bank"}


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """What the store knows of a candidate that is approved, or that stands as an example."""

    candidate_id: str
    case_id: str
    """Of its cluster: the same for all wordings of a case."""
    target: Target
    decision_id: str
    approved: bool
    ideal_output: str | None
    """What the newest decision would adopt."""
    consent: bool | None
    """Of its interaction; none when that is gone. True for an example reviewed elsewhere."""
    standing_output: str | None
    """The output of the example that stands; none when none does."""
    standing_target: Target | None
    """Where that one stands: a newer decision may want it on the other side."""
    same_marks: bool
    """Whether it is marked critical and labelled as the newest decision has it."""
    kept_out: str | None
    """Why the newest promotion of this decision refused or withdrew it, if it did."""
    question_key: str
    """See `question_key`."""


class Outcome(Record):
    """One row of `promotions`: what becomes of a candidate."""

    candidate_id: str
    decision_id: str
    target: Target
    outcome: _What
    reason: str | None = None
    output: str | None = None


@dataclass(slots=True)
class Side:
    """The cases that are in the golden set, or in the bank."""

    target: Target
    cases: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)

    def add(self, facts: CandidateFacts) -> None:
        """From now on this case is here."""
        self.cases.add(facts.case_id)
        self.questions.add(facts.question_key)


class Plan(Record):
    """What a promotion changes, and all that it refuses."""

    changes: tuple[Outcome, ...]
    """New facts: a refusal that stands already is not among them."""
    refused: tuple[Outcome, ...]
    """Every approved candidate that is kept out, known before or not."""


def question_key(messages: Sequence[Message], context: Sequence[ContextDocument]) -> str:
    """Equal for the same last user message and documents, whatever stands around them.

    Wording noise does not count, nor do case and punctuation of the documents; see `gist`.
    """
    question = question_of([message.model_dump() for message in messages])
    documents = [tokens(document.text) for document in context]
    known = frozenset(word for words in documents for word in words)
    digest = hashlib.sha256()
    for words in (ask_of(question, known), *documents):
        text = "\0".join(words).encode("utf-8", "surrogatepass")
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()


def leaks(case_id: str, question: str, other: Side) -> str | None:
    """Why an example must not join its side: its case is on the other one. None: it may.

    A case is the other one's when its cluster is there, or its question and context are (see
    `question_key`). Whatever else makes two cases one belongs here and nowhere else.
    """
    name = _NAMES[other.target]
    if case_id in other.cases:
        return SAME_CASE.format(other=name)
    if question in other.questions:
        return SAME_QUESTION.format(other=name)
    return None


def find_leaks(examples: Iterable[Example]) -> list[tuple[Example, str]]:
    """The bank examples whose case is in the golden set as well, and how that shows."""
    ordered = sorted(examples, key=lambda example: example.target != Target.GOLDEN)
    golden = Side(Target.GOLDEN)
    found: list[tuple[Example, str]] = []
    for example in ordered:
        key = question_key(example.messages, example.context)
        if example.target is Target.GOLDEN:
            golden.cases.add(example.case_id)
            golden.questions.add(key)
        elif (leak := leaks(example.case_id, key, golden)) is not None:
            found.append((example, leak))
    return found


def refuse_leaks(examples: Iterable[Example]) -> None:
    """Raise `LeakError` when a case is on both sides, however it got there."""
    for example, leak in find_leaks(examples):
        raise LeakError(
            f"bank example {example.id}: {leak}. Reject one of the two, then flywheel promote"
        )


def plan_promotion(candidates: Iterable[CandidateFacts]) -> Plan:
    """Compare what reviewers approve with what stands; planning again after that changes nothing.

    What stands stays where it is; of two newcomers of one case the golden set gets it.
    """
    ordered = sorted(candidates, key=lambda facts: (facts.target != Target.GOLDEN, facts.case_id))
    golden, bank = Side(Target.GOLDEN), Side(Target.BANK)
    changed: list[tuple[CandidateFacts, _What]] = []
    newcomers: list[CandidateFacts] = []
    for facts in ordered:  # golden first: a bank example that leaks gives way
        if facts.standing_target is not facts.target:
            newcomers.append(facts)
        elif _unfit(facts) or (facts.target == "bank" and _leak_of(facts, golden, bank)):
            changed.append((facts, "withdrawn"))
        else:
            _side(facts, golden, bank).add(facts)
            if facts.ideal_output != facts.standing_output or not facts.same_marks:
                changed.append((facts, "added"))
    for facts in newcomers:
        if _fault(facts, golden, bank):
            changed.append((facts, "refused" if facts.standing_target is None else "withdrawn"))
        else:
            _side(facts, golden, bank).add(facts)
            changed.append((facts, "added"))
    outcomes = [  # with the reasons beside all that joined, which are those of the next time
        _outcome(facts, what, None if what == "added" else _fault(facts, golden, bank))
        for facts, what in changed
    ]
    known = {facts.decision_id: facts.kept_out for facts in ordered}
    return Plan(
        changes=tuple(o for o in outcomes if o.outcome != "refused" or _is_new(o, known)),
        refused=tuple(o for o in outcomes if o.outcome == "refused"),
    )


def _fault(facts: CandidateFacts, golden: Side, bank: Side) -> str | None:
    return _unfit(facts) or _leak_of(facts, golden, bank)


def _is_new(refusal: Outcome, known: dict[str, str | None]) -> bool:
    return known[refusal.decision_id] != refusal.reason


def _unfit(facts: CandidateFacts) -> str | None:
    if not facts.approved:
        return NOT_APPROVED
    if facts.consent is None:
        return ERASED
    if not facts.consent:
        return NO_CONSENT
    if not (facts.ideal_output and facts.ideal_output.strip()):
        return NO_OUTPUT
    return None


def _side(facts: CandidateFacts, golden: Side, bank: Side) -> Side:
    return golden if facts.target is Target.GOLDEN else bank


def _leak_of(facts: CandidateFacts, golden: Side, bank: Side) -> str | None:
    other = bank if facts.target is Target.GOLDEN else golden
    return leaks(facts.case_id, facts.question_key, other)


def _outcome(
    facts: CandidateFacts,
    outcome: _What,
    reason: str | None = None,
) -> Outcome:
    return Outcome(
        candidate_id=facts.candidate_id,
        decision_id=facts.decision_id,
        target=(facts.standing_target if outcome == "withdrawn" else None) or facts.target,
        outcome=outcome,
        reason=reason,
        output=facts.ideal_output if outcome == "added" else None,
    )
