"""What a decision says about the answer, and what it does not say."""

import pytest

from flywheel.refit import label_of
from flywheel.refit.labels import ANSWER_RIGHT, PROPOSAL_WRONG
from flywheel.settings import PageSettings

ANSWER, BETTER = "$58.1 million", "$85.1 million"


@pytest.mark.parametrize(
    ("verdict", "proposed", "ideal", "good"),
    [
        ("approve", BETTER, BETTER, False),  # golden: the correction was right
        ("edit", None, BETTER, False),  # golden, written by the reviewer
        ("edit", BETTER, ANSWER, True),  # golden: the answer was right after all
        ("approve", ANSWER, ANSWER, True),  # bank: as it is
        ("approve", ANSWER, "  $58.1  MILLION ", True),
        ("edit", ANSWER, BETTER, False),  # bank: a good question, a bad answer
        ("approve", BETTER, BETTER, False),  # bank: a corrected case
    ],
)
def test_a_yes_judges_the_answer_by_what_it_adopts(
    verdict: str, proposed: str | None, ideal: str, good: bool
) -> None:
    """The same rule for both targets: the ideal output says what the answer says, or not."""
    assert label_of(ANSWER, verdict, proposed, ideal, None) is good


REASONS = PageSettings().reasons


def test_a_no_judges_the_answer_only_where_its_reason_does() -> None:
    """Of the reasons that the page offers two are about an answer; a guess would bias the fit."""
    assert {ANSWER_RIGHT, PROPOSAL_WRONG} <= set(REASONS)
    for reason in (*REASONS, "What a reviewer typed", None):
        for proposed in (ANSWER, BETTER, None):
            label = label_of(ANSWER, "reject", proposed, proposed, reason)
            if reason == ANSWER_RIGHT:
                assert label is True
            elif reason == PROPOSAL_WRONG and proposed == ANSWER:
                assert label is False
            else:
                assert label is None


def test_words_after_a_reason_change_nothing() -> None:
    """The page adds what the reviewer typed behind a colon."""
    assert label_of(ANSWER, "reject", BETTER, None, f"{ANSWER_RIGHT}: see page 3") is True


def test_an_approval_without_an_ideal_output_says_nothing() -> None:
    """Erasure can take the text of a decision."""
    assert label_of(ANSWER, "edit", None, None, None) is None
