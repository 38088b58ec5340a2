"""A judged case becomes a proposal: which ideal output, and why."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from flywheel.curate import Chosen, Route, Suggestion, candidate_id, choose_output, propose
from schemas.candidate import Candidate, Target
from schemas.score import Evidence
from schemas.signal import Signal

MONDAY = datetime(2025, 1, 6, 9, tzinfo=UTC)
WRONG = "$58.1 million"
RIGHT = "$85.1 million"


def said(
    text: str, user: str | None = "u-1", *, signal: str = "correction", minute: int = 0
) -> Suggestion:
    id = f"{signal}-{text}-{user}-{minute}"
    return Suggestion(id, MONDAY + timedelta(minutes=minute), Signal(signal), user, text)


def route(**changes: Any) -> Route:
    thumb = Evidence(
        signal=Signal.THUMBS,
        kind="explicit",
        votes=1,
        log_odds=-2.5,
        note="1 user gave a thumbs down",
    )
    values = {
        "cluster_id": "case-1",
        "case_id": "case-1",
        "target": Target.GOLDEN,
        "interaction_id": "i-1",
        "is_bad": True,
        "is_corrected": False,
        "p_good": 0.076,
        "feature": "report_qa",
        "day": "2025-01-06",
        "output": WRONG,
        "evidence": (thumb,),
    }
    return Route(**values | changes)


def proposal(*suggestions: Suggestion, **changes: Any) -> Candidate:
    return propose(route(**changes), suggestions, "p-1")


def test_the_correction_that_most_users_gave_is_chosen() -> None:
    """Two users against one, whatever the order and whoever came last."""
    given = [said(RIGHT, "a"), said(RIGHT.upper(), "b", minute=1), said("$1", "c", minute=9)]
    for order in permutations(given):
        assert choose_output(WRONG, order) == Chosen(RIGHT.upper(), Signal.CORRECTION, 2, 1)


def test_one_user_who_says_it_twice_is_one_voice() -> None:
    """Voices are users; of as many voices, the newest text is chosen."""
    given = [said(RIGHT, "a"), said(RIGHT, "a", minute=1), said("$1", "b", minute=2)]
    assert choose_output(WRONG, given) == Chosen("$1", Signal.CORRECTION, 1, 1)


def test_unnamed_corrections_count_each() -> None:
    """Without a user every event is a voice."""
    given = [said(RIGHT, None), said(RIGHT, None, minute=1), said("$1", "b", minute=2)]
    assert choose_output(WRONG, given) == Chosen(RIGHT, Signal.CORRECTION, 2, 1)


def test_a_correction_comes_before_any_edit() -> None:
    """What somebody says is right weighs more than what somebody made of it."""
    edits = [said("about $85 million", f"u-{n}", signal="edit") for n in range(3)]
    assert choose_output(WRONG, edits) == Chosen("about $85 million", Signal.EDIT, 3, 0)
    assert choose_output(WRONG, [*edits, said(RIGHT)]) == Chosen(RIGHT, Signal.CORRECTION, 1, 0)


def test_a_suggestion_that_says_what_the_answer_said_is_none() -> None:
    """Agreement proposes nothing."""
    assert choose_output(WRONG, [said(" $58.1  MILLION"), said(WRONG, signal="edit")]) is None
    assert choose_output(WRONG, []) is None


def test_a_bad_answer_with_a_correction_proposes_it_for_the_golden_set() -> None:
    """The reason names the evidence and where the ideal output came from."""
    candidate = proposal(said(RIGHT), is_corrected=True)
    assert candidate.proposed_output == RIGHT
    assert candidate.reason_code == "judged_bad_corrected"
    assert candidate.reason == (
        "Judged bad, P(good) 8%: 1 user gave a thumbs down. "
        "The correction of a user is proposed as the ideal output."
    )
    assert (candidate.policy_version, candidate.day) == ("p-1", "2025-01-06")


def test_a_bad_answer_without_a_correction_leaves_the_ideal_output_to_the_reviewer() -> None:
    """Nothing is invented."""
    candidate = proposal()
    assert candidate.proposed_output is None
    assert candidate.reason_code == "judged_bad"
    assert candidate.reason.endswith("the ideal output is yours to write.")


def test_an_edit_is_proposed_where_no_correction_came() -> None:
    """It says so, since an edit is no verdict."""
    candidate = proposal(said(RIGHT, signal="edit"))
    assert (candidate.proposed_output, candidate.reason_code) == (RIGHT, "judged_bad_edited")
    assert "The edited text of a user is proposed" in candidate.reason


def test_a_good_answer_is_its_own_ideal_output() -> None:
    """Even where somebody else would have put it in other words."""
    candidate = proposal(said("other words"), target=Target.BANK, p_good=0.95, output=RIGHT)
    assert (candidate.proposed_output, candidate.reason_code) == (RIGHT, "confirmed_good")
    assert candidate.reason.startswith("Judged good, P(good) 95%:")


def test_a_corrected_case_goes_to_the_bank_with_its_correction() -> None:
    """Never with the answer that was wrong."""
    candidate = proposal(said(RIGHT), target=Target.BANK, is_corrected=True)
    assert (candidate.proposed_output, candidate.reason_code) == (RIGHT, "corrected")
    assert candidate.reason.startswith("Judged bad")


@pytest.mark.parametrize(("count", "words"), [(1, "1 other one differs"), (2, "2 other ones dif")])
def test_the_reason_tells_of_corrections_that_disagree(count: int, words: str) -> None:
    """A reviewer should know that users were of several minds."""
    others = [said(f"${n}", f"o-{n}") for n in range(count)]
    candidate = proposal(said(RIGHT, "a"), said(RIGHT, "b"), *others, is_corrected=True)
    assert "The correction of 2 users" in candidate.reason
    assert words in candidate.reason


@pytest.mark.parametrize(("p_good", "words"), [(0.0004, "under 1%"), (0.9999, "over 99%")])
def test_a_probability_is_never_told_as_certain(p_good: float, words: str) -> None:
    """0% and 100% would be a lie of rounding."""
    assert f"P(good) {words}:" in proposal(p_good=p_good).reason


def test_a_case_has_one_candidate_id_for_each_target() -> None:
    """The same at each run, another for the other target."""
    assert candidate_id("case-1", Target.GOLDEN) == proposal().candidate_id
    ids = {candidate_id(case, target) for case in ("a", "b") for target in Target}
    assert len(ids) == 4
