"""What the page of one case shows: its texts in pieces, compared and marked."""

from typing import Final, NamedTuple

from flywheel.review.diff import Difference, word_diff
from flywheel.review.documents import Block, read_blocks
from flywheel.review.marks import Numbers, mark_numbers
from schemas.candidate import CandidateView

REASONS: Final = (
    "The model's answer is right",
    "The proposed ideal output is wrong",
    "The context does not hold the answer",
    "The question is unclear or out of scope",
    "Holds personal or confidential content",
    "Not typical: a test or a joke",
)
"""Why a case is rejected; the reviewer may add words or write all of them."""


class Turn(NamedTuple):
    """One message of the conversation."""

    role: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """One document of the context."""

    id: str
    blocks: tuple[Block, ...]


class Case(NamedTuple):
    """A candidate as the page shows it."""

    view: CandidateView
    turns: tuple[Turn, ...]
    documents: tuple[Document, ...]
    ideal: str | None
    """What approval stands for: the reviewer's own edit if there is one, else the proposal."""
    difference: Difference | None
    """None while one of the two texts is missing."""
    not_found: tuple[str, ...]
    """Numbers of the answer that stand neither in the context nor in the conversation."""
    ideal_not_found: tuple[str, ...]

    @property
    def draft(self) -> str:
        """What the editor opens with."""
        return self.ideal if self.ideal is not None else self.view.output or ""


def build_case(view: CandidateView) -> Case:
    """Parse, compare and mark; pure, and slow enough for long texts to stay out of transactions."""
    ideal = view.decided_output if view.decided_output is not None else view.proposed_output
    answer_numbers, ideal_numbers = Numbers(view.output), Numbers(ideal)
    marks = (answer_numbers, ideal_numbers)
    unmarked = (Numbers(None), Numbers(None))
    # Where the report is part of the question, there is no other place to look numbers up.
    in_turns = unmarked if view.context else marks
    sources = [Numbers(document.text) for document in view.context]
    sources += [Numbers(message.text) for message in view.messages]
    both = view.output is not None and ideal is not None
    return Case(
        view=view,
        turns=tuple(
            Turn(m.role, read_blocks(m.text, lambda text: mark_numbers(text, *in_turns)))
            for m in view.messages
        ),
        documents=tuple(
            Document(d.id, read_blocks(d.text, lambda text: mark_numbers(text, *marks)))
            for d in view.context
        ),
        ideal=ideal,
        difference=word_diff(view.output or "", ideal or "") if both else None,
        not_found=answer_numbers.missing_from(sources),
        ideal_not_found=ideal_numbers.missing_from(sources),
    )
