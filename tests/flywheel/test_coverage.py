"""Gaps are grouped by likeness and feature; of examples that say the same, the useful one stays."""

import numpy as np
import pytest

from flywheel.coverage import Asked, Held, find_redundant, group_gaps


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
    gaps = group_gaps(asked, _vectors(0, 0.1, 1.5, 0.1), near=0.9)
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
    assert [gap.question for gap in gaps] == ["0", "2"]


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
