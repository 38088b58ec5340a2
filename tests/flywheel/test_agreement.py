"""Agreement: published figures come out, blind judgements alone count, few cases tell nothing."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from flywheel.agreement import (
    Act,
    Rating,
    Rules,
    _quick_kappa,
    agreement,
    anonymise,
    blind_ratings,
)

MONDAY = datetime(2025, 1, 6, 9, tzinfo=UTC)
QUICK = Rules(resamples=0)

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers,
# twelve units, five values.
PUBLISHED = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}


def rating(
    case: int | str, reviewer: str, verdict: float = 1, *, day: int = 0, **rubric: float
) -> Rating:
    return Rating(str(case), reviewer, {"verdict": verdict, **rubric}, MONDAY + timedelta(days=day))


def noisy(
    reviewers: Sequence[str], cases: int, agree: float, seed: int = 1, days: int = 0
) -> list[Rating]:
    """Two of the reviewers judge each case; each says what is true with this probability."""
    draw = random.Random(seed)
    ratings = []
    for case in range(cases):
        true, grade = draw.random() < 0.5, draw.randint(1, 5)
        for name in draw.sample(list(reviewers), 2):
            said = true if draw.random() < agree else not true
            grades = min(5, max(1, grade + draw.choice([-1, 0, 0, 1])))
            day = days * case // cases
            ratings.append(rating(case, name, float(said), day=day, accuracy=grades))
    return ratings


def published() -> list[Rating]:
    return [
        rating(unit, name, accuracy=float(value))
        for name, row in PUBLISHED.items()
        for unit, value in enumerate(row.split())
        if value != "."
    ]


def test_alpha_of_a_published_example_is_the_published_figure() -> None:
    """Ordinal alpha .815, from four observers with gaps; the unit that one alone judged is none."""
    report = agreement(published(), Rules(fewest=5, resamples=0))
    accuracy = next(figure for figure in report.figures if figure.criterion == "accuracy")
    assert accuracy.alpha is not None
    assert (accuracy.level, accuracy.cases) == ("ordinal", 11)
    assert accuracy.alpha.value == pytest.approx(0.815, abs=0.001)


def test_nominal_alpha_of_a_published_binary_example() -> None:
    """The same source, section B: two observers, ten units, binary: alpha .095."""
    first, second = "0100000010", "1110010000"
    ratings = [
        rating(unit, name, float(value))
        for name, row in (("A", first), ("B", second))
        for unit, value in enumerate(row)
    ]
    (figure,) = agreement(ratings, Rules(fewest=10, resamples=0)).figures
    assert figure.alpha is not None
    assert figure.alpha.value == pytest.approx(0.095, abs=0.001)
    assert figure.same == pytest.approx(0.6)


def test_the_quick_kappa_of_the_bootstrap_is_scikit_learns() -> None:
    """Plain for yes and no, with quadratic weights for grades."""
    draw = np.random.default_rng(1)
    for _ in range(20):
        one, other = draw.integers(0, 2, (2, 30)).astype(float)
        assert _quick_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))
        one, other = draw.integers(1, 6, (2, 30)).astype(float)
        theirs = cohen_kappa_score(one, other, weights="quadratic", labels=[1, 2, 3, 4, 5])
        assert _quick_kappa(one, other) == pytest.approx(theirs)


def test_a_grade_that_nobody_gave_is_a_step_all_the_same() -> None:
    """Grades 1, 2 and 5: 2 and 5 are three steps apart, whatever lies between."""
    ratings = [
        rating(case, name, accuracy=grade)
        for case, grades in enumerate([(1, 1), (2, 2), (5, 5), (1, 2), (2, 5)] * 4)
        for name, grade in zip("ab", grades, strict=True)
    ]
    report = agreement(ratings, QUICK)
    figure = report.pairs[0].figures[1]
    one, other = ([1, 2, 5, 1, 2] * 4, [1, 2, 5, 2, 5] * 4)
    expected = cohen_kappa_score(one, other, weights="quadratic", labels=[1, 2, 3, 4, 5])
    assert figure.kappa is not None
    assert figure.kappa.value == pytest.approx(expected)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Reviewers who are right 85 times in 100 have an alpha of .49; 40 worlds of 80 cases."""
    held = 0
    for seed in range(40):
        figure = agreement(noisy("ab", 80, 0.85, seed), Rules(resamples=100)).figures[0]
        assert figure.alpha is not None
        low, high = figure.alpha.low, figure.alpha.high
        assert low is not None and high is not None and low < figure.alpha.value < high
        held += low <= (2 * 0.85 - 1) ** 2 <= high
    assert held >= 34


def test_below_the_stated_number_of_cases_nothing_is_told() -> None:
    """Neither alpha nor kappa nor an interval; the count and the raw share are."""
    for cases, enough in ((19, False), (20, True)):
        report = agreement(noisy("ab", cases, 0.8), QUICK)
        figures = [report.figures[0], report.pairs[0].figures[0], report.weeks[0].figure]
        assert [figure.enough for figure in figures] == [enough] * 3
        assert [figure.cases for figure in figures] == [cases] * 3
        assert (report.figures[0].alpha is not None) is enough
        assert (report.pairs[0].figures[0].kappa is not None) is enough
        assert figures[0].same is not None


def test_reviewers_who_always_say_the_same_have_no_coefficient() -> None:
    """All yes: nobody can tell agreement from a question that has one answer."""
    ratings = [rating(case, name) for case in range(30) for name in "ab"]
    report = agreement(ratings, QUICK)
    assert report.figures[0].same == 1
    assert report.figures[0].alpha is None and report.figures[0].enough
    assert report.pairs[0].figures[0].kappa is None


def test_pairs_criteria_and_weeks_each_have_their_own_figures() -> None:
    """Kappa by pair, alpha over all and by week, the rubric beside the verdict."""
    report = agreement(noisy("abc", 150, 0.9, days=28), QUICK)
    assert [figure.criterion for figure in report.figures] == ["verdict", "accuracy"]
    assert {(pair.first, pair.second) for pair in report.pairs} == {
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
    }
    counts = [pair.figures[0].cases for pair in report.pairs]
    assert counts == sorted(counts, reverse=True) and sum(counts) == 150
    weeks = ["2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27"]
    assert [week.week for week in report.weeks] == weeks
    assert sum(week.figure.cases for week in report.weeks) == 150
    assert all(pair.figures[0].kappa is not None for pair in report.pairs)


def test_who_is_no_lead_sees_numbers_for_the_others() -> None:
    """One's own name stays; the figures are the same."""
    report = agreement(noisy(["ana", "bo", "cy"], 90, 0.9), QUICK)
    seen = anonymise(report, "bo")
    names = {name for pair in seen.pairs for name in (pair.first, pair.second)}
    assert names == {"bo", "reviewer 1", "reviewer 2"}
    assert seen.figures == report.figures
    assert not {"ana", "bo", "cy"} & {
        name for pair in anonymise(report, None).pairs for name in (pair.first, pair.second)
    }


def act(number: int, reviewer: str, verdict: str, **more: object) -> Act:
    return Act(f"d-{number}", "c-1", reviewer, verdict, time=MONDAY, **more)  # type: ignore[arg-type]


def said(*acts: Act) -> dict[str, float]:
    return {rating.reviewer: rating.said["verdict"] for rating in blind_ratings(acts)}


def test_each_reviewers_judgement_counts_as_given_before_the_others_could_be_seen() -> None:
    """Who changes their mind after the other has judged may have seen it."""
    assert said(act(1, "ana", "approve"), act(2, "bo", "reject"), act(3, "ana", "reject")) == {
        "ana": 1,
        "bo": 0,
    }


def test_a_change_before_anybody_else_judged_is_still_blind() -> None:
    """A slip that is taken back, or overruled at once, is none."""
    first = (act(1, "ana", "approve"), act(2, "ana", "undo", undoes="d-1"))
    assert said(*first, act(3, "ana", "reject"), act(4, "bo", "edit")) == {"ana": 0, "bo": 1}
    assert said(*first, act(3, "bo", "edit"), act(4, "ana", "reject")) == {"ana": 0, "bo": 1}
    assert said(act(1, "ana", "approve"), act(2, "ana", "reject"), act(3, "bo", "edit")) == {
        "ana": 0,
        "bo": 1,
    }


def test_taking_back_after_the_other_judged_leaves_what_was_said_blind() -> None:
    """The first opinion was given; what follows is another one."""
    acts = (
        act(1, "ana", "approve"),
        act(2, "bo", "reject"),
        act(3, "ana", "undo", undoes="d-1"),
        act(4, "ana", "reject"),
    )
    assert said(*acts) == {"ana": 1, "bo": 0}


def test_skips_and_adjudications_are_no_judgements() -> None:
    """Nor is a case sent to somebody else."""
    acts = (
        act(1, "ana", "skip"),
        act(2, "ana", "send"),
        act(3, "bo", "reject"),
        act(4, "lead", "approve", adjudicates=True),
    )
    assert said(*acts) == {"bo": 0}


def test_where_a_yes_goes_is_a_criterion_of_its_own() -> None:
    """Golden or bank; a no goes nowhere and is not compared."""
    acts = [
        Act(f"d-{case}-{name}", str(case), name, verdict, goes_to=target, time=MONDAY)
        for case in range(20)
        for name, verdict, target in (
            ("ana", "approve", "golden"),
            ("bo", "approve" if case % 2 else "reject", "bank" if case % 4 == 1 else "golden"),
        )
    ]
    report = agreement(blind_ratings(acts), Rules(fewest=10, resamples=0))
    target = report.figures[1]
    assert (target.criterion, target.cases, target.same) == ("target", 10, 0.5)
