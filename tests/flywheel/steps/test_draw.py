"""Rounds from a real store: each case once, with what makes it telling, and what it says of all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import pytest

from flywheel.settings import SamplingSettings, Settings
from flywheel.steps.curate import run_curate
from flywheel.steps.draw import read_drawn, run_draw, run_shares
from flywheel.steps.erase import erase_user
from flywheel.store import Store, open_store
from tests.drawing import add_score, add_waiting, judge, read_draws
from tests.facts import (
    MONDAY,
    add_candidate,
    add_feedback,
    add_interaction,
    count_rows,
    together,
)


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def with_sampling(settings: Settings, **values: float) -> Settings:
    return settings.model_copy(update={"sampling": SamplingSettings.model_validate(values)})


def test_a_round_is_stored_with_all_that_an_estimate_needs(
    settings: Settings, store: Store
) -> None:
    """Stratum, probability, population and the words for the reviewer; the report counts them."""
    add_waiting(store, 100)
    report = run_draw(settings, size=20, rng=np.random.default_rng(1))
    assert (report.population, report.telling, report.random, report.open) == (100, 16, 4, 20)
    draws = read_draws(store)
    assert {row["round_id"] for row in draws.values()} == {report.round_id}
    assert sum(row["probability"] == 4 / 84 for row in draws.values()) == 4
    assert all(row["population"] == 100 and row["why"].endswith(".") for row in draws.values())
    assert sum(row["reviewers"] == 2 for row in draws.values()) == report.twice


def test_no_case_is_drawn_twice_and_what_is_decided_is_not_drawn(
    settings: Settings, store: Store
) -> None:
    """Until nothing is left: then a round is empty, and says so."""
    candidates = add_waiting(store, 25)
    judge(store, candidates[0], "rosa", "reject", reason="A joke")
    sizes = [run_draw(settings, size=10).drawn for _ in range(4)]
    assert sizes == [10, 10, 4, 0]
    assert set(read_draws(store)) == set(candidates[1:])
    assert run_draw(settings).round_id is None


def test_two_at_once_draw_different_cases(settings: Settings, store: Store) -> None:
    """Each has the store for itself: 30 draws of 30 cases in two rounds."""
    add_waiting(store, 60)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(run_draw, settings, size=15) for _ in range(2)]
    assert [report.result().drawn for report in both] == [15, 15]
    assert count_rows(store, "draws") == len(read_draws(store)) == 30
    assert {row["population"] for row in read_draws(store).values()} == {45, 60}


def test_a_round_is_drawn_only_when_few_wait(settings: Settings, store: Store) -> None:
    """The queue is topped up, not flooded; a skipped case still waits."""
    few = with_sampling(settings, round_size=10, refill_below=5)
    candidates = add_waiting(store, 40)
    assert run_draw(few, only_when_low=True, reviewers=2).drawn == 10
    assert run_draw(few, only_when_low=True).drawn == 0
    drawn = [id for id in candidates if id in read_draws(store)]
    twice = {id for id, row in read_draws(store).items() if row["reviewers"] == 2}
    with together(store) as open:
        for id in [id for id in drawn if id not in twice][:6]:
            judge(open, id, "rosa", "skip")
    assert run_draw(few, only_when_low=True).open == 10
    with together(store) as open:
        for id in drawn[:6]:
            judge(open, id, "rosa")
            judge(open, id, "sven")
    assert run_draw(few, only_when_low=True).open == 14


def test_curate_draws_what_reviewers_are_asked_next(settings: Settings, store: Store) -> None:
    """Right after it proposed; a second run at once draws nothing."""
    for number in range(3):
        answer = add_interaction(store, f"Question {number}?", "wrong")
        add_feedback(store, answer, "thumbs", -1)
    few = with_sampling(settings, refill_below=2)
    assert run_curate(few).draw.drawn == 3
    assert run_curate(few).draw.drawn == 0
    assert count_rows(store, "draws") == 3


def test_what_is_rising_and_newly_scored_is_seen(settings: Settings, store: Store) -> None:
    """From the case's interactions, and by the newest score, not the one it was proposed by."""
    with together(store) as open:
        candidates = [
            add_candidate(open, question=question, p_good=p_good)
            for question, p_good in (("Rising?", 0.0), ("Scored anew?", 0.0), ("Sure?", 0.3))
        ]
        add_interaction(open, "Old?", time=MONDAY - timedelta(days=20))
        for hour in range(8):
            add_interaction(open, "Rising?", context=None, time=MONDAY - timedelta(hours=hour))
        for candidate, p_good in zip(candidates[1:], (0.5, 0.0), strict=True):
            add_score(open, candidate, p_good)
    for expected, words in (
        (candidates[1], "P(good) at 50%"),
        (candidates[0], "asked 9 times this week, 0 in"),
        (candidates[2], "Nothing else waited"),
    ):
        run_draw(with_sampling(settings, random_share=0), size=1)
        newest = list(read_draws(store).values())[-1]
        assert newest["candidate_id"] == expected
        assert words in newest["why"]


def test_a_judge_who_graded_this_very_answer_makes_it_telling(
    settings: Settings, store: Store
) -> None:
    """Same case and same text; a grade of another answer to the case says nothing of this one."""
    graded = add_candidate(store, question="Graded?", output="the answer", p_good=0.0)
    other = add_candidate(store, question="Other?", output="the answer", p_good=0.0)
    with store.transaction() as connection:
        for key, candidate, text in (("a-1", graded, "the answer"), ("a-2", other, "not this")):
            row = connection.execute(
                "SELECT case_id FROM candidates WHERE candidate_id = ?", [candidate]
            ).fetchone()
            assert row is not None
            connection.execute(
                "INSERT INTO answers (answer_key, case_id, model, prompt_version, request_sha256, "
                "repeat, output) VALUES (?, ?, 'm', 'p', 's', 0, ?)",
                [key, row[0], text],
            )
            connection.execute(
                "INSERT INTO evaluation_scores (evaluation_id, case_id, side, repeat, scorer, "
                "scorer_version, value, status, answer_key) VALUES "
                "('e', ?, 'candidate', 0, 'judge.accuracy', 'v', 5, 'scored', ?)",
                [row[0], key],
            )
    report = run_draw(with_sampling(settings, random_share=0), size=1)
    assert report.judged == 1
    assert list(read_draws(store)) == [graded]
    assert "0% good, the judge 100%" in read_draws(store)[graded]["why"]


def test_the_share_of_all_is_told_beside_the_naive_one(settings: Settings, store: Store) -> None:
    """Reviewers refuse the telling ones and approve the rest: the decided mislead, the draws do
    not.
    """
    add_waiting(store, 120)
    report = run_draw(with_sampling(settings, random_share=0.5, double_share=0), size=40)
    draws = read_draws(store)
    with together(store) as open:
        for id, row in draws.items():
            telling = row["stratum"] == "telling"
            judge(open, id, "rosa", "reject" if telling else "approve", reason="wrong")
    shares = run_shares(settings)
    assert shares.whole is not None and shares.whole.value is not None
    assert shares.whole.naive == 0.5
    assert shares.whole.value == pytest.approx(100 / 120)
    assert (shares.whole.population, shares.whole.provisional) == (120, False)
    assert [share.name for share in shares.rounds] == [report.round_id]


def test_rounds_know_who_came_between_them(settings: Settings, store: Store) -> None:
    """A candidate belongs to the rounds that were drawn after it was proposed."""
    first = set(add_waiting(store, 20))
    run_draw(settings, size=5)
    later = set(add_waiting(store, 20))
    run_draw(settings, size=20)
    came = {case.candidate_id: (case.round, case.came) for case in read_drawn(store)}
    assert {came[id] for id in came if id in first} == {(0, 0), (1, 0)}
    assert {came[id] for id in came if id in later} == {(1, 1)}
    shares = run_shares(settings)
    assert shares.whole is not None
    assert (shares.whole.population, shares.whole.drawn, shares.whole.value) == (40, 25, None)


def test_what_two_judge_counts_when_they_agree_or_a_third_decides(
    settings: Settings, store: Store
) -> None:
    """One verdict of two is no outcome yet; nor are two that differ."""
    add_waiting(store, 2)
    run_draw(with_sampling(settings, double_share=1), reviewers=2)
    one, other = read_draws(store)
    judge(store, one, "rosa")
    judge(store, other, "rosa")
    judge(store, other, "sven", "reject", reason="wrong")
    assert [case.outcome for case in read_drawn(store)] == [None, None]
    judge(store, one, "sven")
    judge(store, other, "lena", "reject", reason="wrong", adjudicates=True)
    outcomes = {case.candidate_id: case.outcome for case in read_drawn(store)}
    assert outcomes == {one: True, other: False}


def test_who_reviews_alone_never_waits_for_a_second(settings: Settings, store: Store) -> None:
    """A case for two goes to a team; who counts has judged a proposed case before."""
    every = with_sampling(settings, double_share=1)
    candidates = add_waiting(store, 30)
    elsewhere = add_waiting(store, 1, interaction_id=None)
    with together(store) as open:
        judge(open, elsewhere[0], "an import")
        judge(open, candidates[0], "rosa")
        judge(open, candidates[1], "sven", "skip")
    assert run_draw(every, size=5).twice == 0
    judge(store, candidates[1], "sven")
    assert run_draw(every, size=5).twice == 5


def test_decisions_without_a_draw_are_counted_and_kept_out(
    settings: Settings, store: Store
) -> None:
    """Imported or in bulk: nobody knows what they stand for."""
    (alone,) = add_waiting(store, 1)
    judge(store, alone, "rosa")
    shares = run_shares(settings)
    assert (shares.whole, shares.undrawn, shares.rounds) == (None, 1, ())


def test_an_erased_users_cases_leave_the_rounds(settings: Settings, store: Store) -> None:
    """The draw goes with the candidate; the others of its round still say what they said."""
    candidates = add_waiting(store, 6)
    with store.transaction() as connection:
        connection.execute(
            "UPDATE interactions SET user_key = 'u-gone' WHERE id = "
            "(SELECT interaction_id FROM candidates WHERE candidate_id = ?)",
            [candidates[0]],
        )
    run_draw(settings)
    with together(store) as open:
        for id in candidates[1:]:
            judge(open, id, "rosa")
    assert run_shares(settings).rounds[0].provisional
    erase_user(settings, "u-gone")
    assert set(read_draws(store)) == set(candidates[1:])
    share = run_shares(settings).rounds[0]
    assert (share.provisional, share.value, share.decided) == (False, 1.0, 5)
