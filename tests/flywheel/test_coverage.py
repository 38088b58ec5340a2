"""Gaps are grouped by likeness and feature; of examples that say the same, the useful one stays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.coverage import (
    Asked,
    GapAnswer,
    Held,
    count_needs,
    describe_gap,
    find_redundant,
    gap_candidate,
    group_gaps,
    propose_gaps,
    redundant_reason,
)
from schemas.coverage import Redundant


def _vectors(*angles: float) -> np.ndarray:  # type: ignore[type-arg]
    """Points on a circle: two at angles a and b are cos(a - b) alike."""
    return np.array([[np.cos(a), np.sin(a)] for a in angles], np.float32)


def _asked(question: str, times: int, feature: str = "qa", state: str | None = None) -> Asked:
    return Asked(question, feature, times, 0.4, None if state is None else f"c-{question}", state)


def test_questions_alike_are_one_gap_named_by_the_most_asked() -> None:
    """Two features are two gaps, however alike; what waits and what was rejected is told."""
    asked = [
        _asked("a", 1, state="pending"),
        _asked("b", 5, state="rejected"),
        _asked("c", 3),
        _asked("d", 2, feature="chat"),
    ]
    gaps = [describe_gap(g) for g in group_gaps(asked, _vectors(0, 0.1, 1.5, 0.1), near=0.9)]
    assert [(gap.question, gap.cases, gap.asked) for gap in gaps] == [
        ("b", 2, 6),
        ("c", 1, 3),
        ("d", 1, 2),
    ]
    assert (gaps[0].waiting, gaps[0].rejected) == (("c-a",), 1)
    assert group_gaps([], _vectors(), near=0.9) == []


def test_a_chain_is_not_one_gap() -> None:
    """Each is near its neighbour, the ends are far apart: near counts to the one that leads."""
    asked = [_asked(str(i), 10 - i) for i in range(4)]
    gaps = group_gaps(asked, _vectors(0, 0.4, 0.8, 1.2), near=0.9)
    assert [[one.question for one in gap] for gap in gaps] == [["0", "1"], ["2", "3"]]


def test_two_tenants_have_two_gaps() -> None:
    """One's example would not close the other's."""
    asked = [replace(_asked("a", 2), tenant="acme"), replace(_asked("a", 1), tenant="bolt")]
    assert [len(gap) for gap in group_gaps(asked, _vectors(0, 0), near=0.9)] == [1, 1]


def test_a_gap_with_a_case_that_was_proposed_is_left_alone() -> None:
    """Whatever a reviewer said of it: nobody is asked twice."""
    groups = [[_asked("a", 2), replace(_asked("b", 1), taken=True)], [_asked("c", 1)]]
    assert list(propose_gaps(groups)) == [1]


def _answer(**changes: object) -> GapAnswer:
    values: dict[str, object] = {
        "interaction_id": "i-1",
        "case_id": "case-1",
        "feature": "qa",
        "day": "2025-01-06",
        "output": "$3",
        "p_good": 0.9,
        "is_good": True,
        "asked": 1204,
        "users": 17,
    }
    return GapAnswer.model_validate(values | changes)


def test_a_gaps_candidate_says_who_lacks_it() -> None:
    """How many asked and how near the nearest is; a good answer is proposed, no other is."""
    gap = describe_gap([_asked("a", 1204)])
    good = gap_candidate(gap, _answer(), 7, "p-1")
    assert (good.proposed_output, good.reason_code, good.target) == ("$3", "coverage_gap", "bank")
    assert good.reason.startswith(
        "A gap: 1,204 questions of 17 users in the last 7 days without an example near "
        "(the nearest is 0.40 alike)."
    )
    alone = _answer(is_good=False, p_good=None, asked=1, users=1)
    unwritten = gap_candidate(gap.model_copy(update={"nearest": -1}), alone, 7, "p-1")
    assert unwritten.proposed_output is None
    assert "1 question of 1 user in" in unwritten.reason
    assert "the bank has none" in unwritten.reason
    assert "yours to write" in unwritten.reason


def test_two_examples_of_one_case_are_one_too_many() -> None:
    """However differently they are worded; an example of no known case is of its own."""
    held = [
        Held("a", "qa", None, 3, "k-1"),
        Held("b", "qa", None, 1, "k-1"),
        Held("c", "qa", None, 0),
        Held("d", "qa", None, 0),
    ]
    (found,) = find_redundant(held, _vectors(0, 1, 2, 3), alike=0.99)
    assert (found.id, found.like) == ("b", "a")
    assert found.similarity == pytest.approx(np.cos(1), abs=0.001)


def test_what_is_removed_together_loses_no_question() -> None:
    """Each may be spared, both may not: the second counts the first as gone."""
    pair = [_redundant("a", "x"), _redundant("b", "y"), _redundant("idle", "x")]
    covered = [(5, ["a", "b"]), (2, ["x", "y", "a"])]
    assert [one.needed_by for one in count_needs(pair, covered)] == [0, 5, 0]
    assert [one.needed_by for one in count_needs(pair, [(3, ["a"]), (4, ["a"])])] == [7, 0, 0]


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), max_size=12))
def test_no_removal_uncovers_anything(near: list[set[str]]) -> None:
    """After all that nothing needs are gone, each question still has an example near."""
    counted = count_needs([_redundant(id, "z") for id in "abcd"], [(1, one) for one in near])
    gone = {one.id for one in counted if one.needed_by == 0}
    assert all(one - gone for one in near)


def test_a_reason_names_the_example_that_says_the_same() -> None:
    """So that a reviewer can compare the two."""
    assert "example x says the same (similarity 0.990)" in redundant_reason(_redundant("a", "x"), 7)


def _redundant(id: str, like: str) -> Redundant:
    return Redundant(id=id, like=like, similarity=0.99, nearest_for=0)


def test_of_three_alike_the_most_useful_stays() -> None:
    """Never all of them; another feature's or tenant's is no double."""
    held = [
        Held("idle", "qa", None, 0),
        Held("used", "qa", None, 9),
        Held("some", "qa", None, 2),
        Held("chat", "chat", None, 0),
        Held("acme", "qa", "acme", 0),
    ]
    found = find_redundant(held, _vectors(0, 0.01, 0.02, 0, 0), alike=0.99)
    assert {(one.id, one.like) for one in found} == {("idle", "used"), ("some", "used")}
    assert all(one.similarity == pytest.approx(1, abs=0.001) for one in found)
    assert find_redundant([], _vectors(), alike=0.99) == []
