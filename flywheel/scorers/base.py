"""What a scorer gets and gives."""

from dataclasses import dataclass, field
from typing import Protocol

from schemas.evaluation import CaseScore
from schemas.example import Example


@dataclass(frozen=True)
class Case:
    """One golden case as the scorers read it; all text is scrubbed."""

    case_id: str
    question: str
    ideal: str
    context: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    """Earlier turns, oldest first."""
    tags: dict[str, str] = field(default_factory=dict)


class Scorer(Protocol):
    """Scores one answer to one case; pure."""

    @property
    def name(self) -> str:
        """Stored with each score."""
        ...

    @property
    def version(self) -> str:
        """Raised by whatever may change a score."""
        ...

    def score(self, case: Case, answer: str) -> CaseScore:
        """0 to 1, or `not_applicable` where the scorer has nothing to say."""
        ...


def case_of(example: Example) -> Case:
    """A golden example as a case: its last user message is the question."""
    texts = [(message.role, message.text) for message in example.messages]
    last = max((i for i, (role, _) in enumerate(texts) if role == "user"), default=len(texts) - 1)
    return Case(
        case_id=example.case_id,
        question=texts[last][1],
        ideal=example.output,
        context=tuple(document.text for document in example.context),
        history=tuple(text for role, text in texts[:last] if role in ("user", "assistant")),
        tags=dict(example.tags),
    )
