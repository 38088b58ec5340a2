"""A round: who is in it, with which probability, and who is judged by two."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.worlds import frame
from flywheel.sampling import Rising, draw_round
from schemas.draw import Draw


def draw(
    cases: int, size: int, *, seed: int = 0, random_share: float = 0.2, double_share: float = 0.1
) -> list[Draw]:
    p_good = np.linspace(0, 0.5, cases) if cases else np.zeros(0)
    return draw_round(
        frame(p_good),
        "r-1",
        size=size,
        random_share=random_share,
        double_share=double_share,
        rising=Rising(),
        rng=np.random.default_rng(seed),
    )


def test_the_most_telling_come_for_certain_and_the_rest_by_lot() -> None:
    """Each draw carries what an estimate needs: stratum, probability, population."""
    draws = draw(1000, 50)
    telling = [one for one in draws if one.stratum == "telling"]
    lot = [one for one in draws if one.stratum == "random"]
    assert (len(telling), len(lot)) == (40, 10)
    assert [one.candidate_id for one in telling] == [f"c-{n:06}" for n in range(999, 959, -1)]
    assert {one.probability for one in telling} == {1.0}
    assert {one.probability for one in lot} == {10 / 960}
    assert {one.population for one in draws} == {1000}
    assert len({one.candidate_id for one in draws}) == 50
    assert all("at random, 10 of 960" in one.why for one in lot)


def test_the_probability_is_the_one_with_which_cases_are_drawn() -> None:
    """Over many rounds every case of the rest is drawn about as often as it says."""
    times = Counter(
        one.candidate_id
        for seed in range(2000)
        for one in draw(20, 10, seed=seed, random_share=0.5)
        if one.stratum == "random"
    )
    assert len(times) == 15
    assert all(abs(count / 2000 - 5 / 15) < 0.05 for count in times.values())


@pytest.mark.parametrize(("cases", "size"), [(0, 10), (1, 10), (10, 10), (3, 100), (5, 0)])
def test_a_round_takes_what_there_is(cases: int, size: int) -> None:
    """Fewer cases than asked for: all of them, each with probability 1."""
    draws = draw(cases, size)
    assert len(draws) == min(cases, size)
    assert all(one.probability == 1 for one in draws)


@pytest.mark.parametrize(
    ("share", "random"), [(0.0, 0), (0.001, 1), (0.2, 4), (0.21, 5), (1.0, 20)]
)
def test_the_random_share_is_a_setting_with_one_case_at_the_least(
    share: float, random: int
) -> None:
    """Without a random case no rate could be estimated; 0 says that none is wanted."""
    draws = draw(500, 20, random_share=share)
    assert sum(one.stratum == "random" for one in draws) == random


def test_the_share_for_two_reviewers_holds_in_each_stratum() -> None:
    """On average exactly, in a round up to one case; by chance, so that nobody can tell which."""
    counts: Counter[str] = Counter()
    who = set()
    for seed in range(400):
        twice = [one for one in draw(300, 42, seed=seed) if one.reviewers == 2]
        counts.update(one.stratum for one in twice)
        who |= {one.candidate_id for one in twice if one.stratum == "telling"}
    assert counts["telling"] / 400 == pytest.approx(3.3, abs=0.1)
    assert counts["random"] / 400 == pytest.approx(0.9, abs=0.1)
    assert len(who) == 33


def test_equal_scores_keep_the_order_of_the_frame() -> None:
    """The same cases give the same telling ones, whatever the dice say."""
    cases = frame([0.3] * 50)
    rounds = [
        draw_round(
            cases,
            "r-1",
            size=10,
            random_share=0.1,
            double_share=0,
            rising=Rising(),
            rng=np.random.default_rng(seed),
        )
        for seed in range(3)
    ]
    first = [[one.candidate_id for one in some if one.stratum == "telling"] for some in rounds]
    assert first == [[f"c-{n:06}" for n in range(9)]] * 3
