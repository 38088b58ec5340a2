"""What a decision says about the answer that the case was proposed for."""

from enum import StrEnum
from typing import Final

from flywheel.signals import differs

ANSWER_RIGHT: Final = "The model's answer is right"
PROPOSAL_WRONG: Final = "The proposed ideal output is wrong"
"""The reasons of the review page that are about an answer; the others are about the case."""


class LeftOut(StrEnum):
    """Why a decision says nothing about the answer."""

    UNDRAWN = "not drawn: it stands for no known number of cases"
    ABOUT_THE_CASE = "rejected for the case, not for the answer"
    NO_FEEDBACK = "the answer's feedback was erased"


def label_of(
    output: str, verdict: str, proposed: str | None, ideal: str | None, reason: str | None
) -> bool | None:
    """Whether the reviewer found the model's answer good; None where that was not said.

    A yes adopts an ideal output, for either target: one that says what the answer says found it
    good, another one found it bad. So an approved golden case with a correction means bad, a bank
    example approved as it is means good, and edited means bad. A no is about many things. "The
    model's answer is right" means good; "The proposed ideal output is wrong" means bad where the
    answer itself was proposed; all else is about the case.
    """
    if verdict in ("approve", "edit"):
        return None if ideal is None else not differs(output, ideal)
    said = reason or ""
    if said.startswith(ANSWER_RIGHT):
        return True
    if said.startswith(PROPOSAL_WRONG) and proposed is not None and not differs(output, proposed):
        return False
    return None
