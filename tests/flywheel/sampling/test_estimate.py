"""Shares that are estimated from draws: true on average, and as sure as they say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.judgement import coverage
from flywheel.sampling import Drawn, case_weights, estimate_share
from flywheel.sampling.estimate import wilson

WORLDS = 250


@pytest.mark.parametrize(
    ("rounds", "arrive", "size"), [(1, 0, 100), (3, 0, 50), (4, 60, 80)], ids=str
)
def test_the_estimate_is_unbiased_and_covers_where_the_naive_mean_is_far_off(
    rounds: int, arrive: int, size: int
) -> None:
    """Telling cases get a yes far less often than the rest; also over several rounds between which
    others come.
    """
    error, spread, covered, naive = coverage(rounds, arrive, size, WORLDS)
    assert abs(error) < 3.5 * spread
    assert naive < -0.1
    assert 0.91 <= covered <= 0.995  # 95% of 250 has a standard deviation of 1.4 points


def drawn(
    yes: int, no: int, open: int, *, stratum: str = "random", probability: float = 0.1
) -> list[Drawn]:
    outcomes = [True] * yes + [False] * no + [None] * open
    return [
        Drawn(
            f"{stratum}-{number}",
            0,
            "telling" if stratum == "telling" else "random",
            probability,
            0,
            outcome,
        )
        for number, outcome in enumerate(outcomes)
    ]


def test_one_round_is_the_stratified_estimate() -> None:
    """By hand: 10 of 40 telling cases and 15 of 20 in the 200 others make (10 + 150) / 240."""
    cases = [*drawn(10, 30, 0, stratum="telling", probability=1.0), *drawn(15, 5, 0)]
    share = estimate_share("r", cases, {0: 240})
    assert share.value == pytest.approx(160 / 240)
    assert share.naive == pytest.approx(25 / 60)
    assert share.low is not None and share.high is not None
    rest = wilson(0.75, 19, 0.95, sampled=0.1)  # 20, less the one that the mean takes
    assert share.low == pytest.approx(share.value - 200 / 240 * (0.75 - rest.low))
    assert (share.population, share.drawn, share.decided, share.provisional) == (240, 60, 60, False)


def test_when_all_were_drawn_and_decided_nothing_is_uncertain() -> None:
    """The finite population correction: the interval is the share."""
    share = estimate_share("r", drawn(3, 7, 0, probability=1.0), {0: 10})
    assert (share.value, share.low, share.high) == pytest.approx((0.3, 0.3, 0.3))


def test_a_share_of_none_in_a_small_sample_still_has_a_width() -> None:
    """No yes among 10 of 100 does not mean no yes at all."""
    share = estimate_share("r", drawn(0, 10, 0), {0: 100})
    assert share.value == 0
    assert share.high is not None and 0.15 < share.high < 0.35


def test_cases_that_wait_make_it_provisional_and_less_sure() -> None:
    """They are taken to be like the decided ones of their stratum, also of the telling ones."""
    done = [*drawn(10, 30, 0, stratum="telling", probability=1.0), *drawn(15, 5, 0)]
    waiting = [*drawn(5, 15, 20, stratum="telling", probability=1.0), *drawn(15, 5, 0)]
    whole, part = (estimate_share("r", cases, {0: 240}) for cases in (done, waiting))
    assert part.provisional and not whole.provisional
    assert (part.drawn, part.decided) == (60, 40)
    assert part.value == pytest.approx(whole.value)
    assert part.low is not None and whole.low is not None
    assert part.low < whole.low


@pytest.mark.parametrize(
    "cases",
    [
        [],
        drawn(0, 0, 5),
        [*drawn(10, 30, 0, stratum="telling", probability=1.0), *drawn(0, 0, 20)],
    ],
)
def test_a_stratum_without_a_decision_allows_no_estimate(cases: list[Drawn]) -> None:
    """The telling ones alone say nothing of the rest: no figure is better than a wrong one."""
    share = estimate_share("r", cases, {0: 240})
    assert (share.value, share.low, share.high) == (None, None, None)


def test_weights_say_for_how_many_cases_a_decision_stands() -> None:
    """Of a complete round they sum to its population; an open case passes its part on."""
    cases = [*drawn(10, 30, 0, stratum="telling", probability=1.0), *drawn(15, 5, 0)]
    assert sum(case_weights(cases).values()) == pytest.approx(240)
    fewer = [*cases[:-1], replace(cases[-1], outcome=None)]
    weights = case_weights(fewer)
    assert sum(weights.values()) == pytest.approx(240)
    assert cases[-1].candidate_id not in weights


@given(
    st.integers(1, 40),
    st.integers(0, 40),
    st.integers(0, 20),
    st.floats(0.01, 1),
    st.floats(0.51, 0.999),
)
def test_an_interval_holds_its_share_and_stays_between_0_and_1(
    yes: int, no: int, open: int, probability: float, confidence: float
) -> None:
    """Whatever was drawn and decided."""
    cases = drawn(yes, no, open, probability=probability)
    share = estimate_share("r", cases, {0: round(len(cases) / probability)}, confidence)
    assert share.low is not None and share.value is not None and share.high is not None
    assert 0 <= share.low <= share.value + 1e-9 <= share.high + 2e-9 <= 1 + 3e-9


def test_wilson_without_a_correction_is_scipys() -> None:
    """The formula that allows effective sizes is the known one where both apply."""
    from scipy import stats

    for yes, n in ((0, 5), (3, 10), (50, 60), (7, 7)):
        theirs = stats.binomtest(yes, n).proportion_ci(0.95, method="wilson")
        ours = wilson(yes / n, n, 0.95)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
