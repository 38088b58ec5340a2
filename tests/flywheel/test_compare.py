"""The verdict: pass, regression, inconclusive, and which slice broke."""

import random
from collections.abc import Sequence

import pytest

from flywheel.compare import (
    PairedCase,
    Rules,
    compare,
    estimate_difference,
    name_what_broke,
    unseen_loss,
)
from schemas.evaluation import GateVerdict

RULES = Rules()


def _cases(
    differences: Sequence[float], slices: Sequence[Sequence[str]] | None = None
) -> list[PairedCase]:
    return [
        PairedCase(f"c{i}", f"c{i}", 1.0, 1.0 + d, tuple(slices[i]) if slices else ())
        for i, d in enumerate(differences)
    ]


def _broken(count: int, of: int) -> list[float]:
    differences = [-1.0] * count + [0.0] * (of - count)
    random.Random(7).shuffle(differences)
    return differences


@pytest.mark.parametrize("cases", [10, 50, 200])
def test_an_equal_candidate_passes(cases: int) -> None:
    """No difference anywhere: the interval is a point above the margin."""
    result = compare(_cases([0.0] * cases), 0, RULES)
    assert result.verdict is GateVerdict.PASS
    assert result.whole and (result.whole.low, result.whole.high) == (0, 0)


@pytest.mark.parametrize("cases", [50, 80, 100, 150, 200, 278])
def test_a_tenth_broken_is_a_regression(cases: int) -> None:
    """In a golden set of any usual size."""
    result = compare(_cases(_broken(cases // 10, cases)), 0, RULES)
    assert result.verdict is GateVerdict.REGRESSION


@pytest.mark.parametrize("seed", range(5))
def test_an_equally_noisy_candidate_passes(seed: int) -> None:
    """As many cases won as lost, among 200: no regression, and mostly a pass."""
    rng = random.Random(seed)
    differences = [rng.choice([-1.0, 1.0] if rng.random() < 0.04 else [0.0]) for _ in range(200)]
    assert compare(_cases(differences), 0, RULES).verdict is not GateVerdict.REGRESSION


def test_one_lost_case_of_forty_is_inconclusive() -> None:
    """The interval crosses the margin: neither good enough nor bad enough."""
    result = compare(_cases(_broken(1, 40)), 0, RULES)
    assert result.verdict is GateVerdict.INCONCLUSIVE and "crosses the margin" in result.reason


def test_errors_and_few_cases_are_never_a_pass() -> None:
    """Whatever the answers that did come say."""
    equal = _cases([0.0] * 100)
    assert compare(equal, 0.021, RULES).verdict is GateVerdict.INCONCLUSIVE
    assert compare(equal, 0.02, RULES).verdict is GateVerdict.PASS
    assert compare(equal[:9], 0, RULES).verdict is GateVerdict.INCONCLUSIVE
    assert compare([], 0, RULES).verdict is GateVerdict.INCONCLUSIVE


def test_a_better_candidate_passes() -> None:
    """Non-inferiority asks for no more than not being worse."""
    better = [PairedCase(f"c{i}", f"c{i}", 0.5, 1.0) for i in range(20)]
    assert compare(better, 0, RULES).verdict is GateVerdict.PASS


def test_a_small_broken_slice_in_a_fine_whole_is_a_regression() -> None:
    """Fourteen cases of 600: the whole passes the margin, the slice does not."""
    slices = [["country=Malta" if i < 14 else "country=other"] for i in range(600)]
    result = compare(_cases([-1.0] * 14 + [0.0] * 586, slices), 0, RULES)
    assert result.whole and result.whole.low > -RULES.margin
    assert result.verdict is GateVerdict.REGRESSION
    assert result.broken == ("country=Malta",) and "country=Malta" in result.reason


def test_many_slices_do_not_break_by_chance() -> None:
    """Holm: fifty slices of a candidate without fault, none broken."""
    rng = random.Random(1)
    slices = [[f"tag={rng.randrange(50)}"] for _ in range(1500)]
    differences = [rng.choice([-1.0, 1.0, 0.0, 0.0, 0.0]) for _ in range(1500)]
    assert compare(_cases(differences, slices), 0, RULES).broken == ()


def test_a_slice_with_few_cases_is_shown_and_not_tested() -> None:
    """Five lost cases are worth a look, not a verdict; two are not worth a line."""
    slices = [["a=few"] if i < 5 else ["a=two"] if i < 7 else ["a=many"] for i in range(400)]
    result = compare(_cases([-1.0] * 5 + [0.0] * 395, slices), 0, RULES)
    shown = {e.name: e for e in result.slices}
    assert set(shown) == {"a=few", "a=many"}
    assert not shown["a=few"].tested and not shown["a=few"].broken
    assert result.verdict is GateVerdict.PASS


def test_what_broke_is_the_fewest_slices_that_explain_it() -> None:
    """Europe fails; each tenant and the feature fall with it, and are not named."""
    slices, differences = [], []
    for i in range(120):
        europe = i % 2 == 0
        slices.append([f"region={'EU' if europe else 'US'}", f"tenant={i % 3}", "feature=qa"])
        differences.append(-1.0 if europe else 0.0)
    result = compare(_cases(differences, slices), 0, RULES)
    assert result.broken == ("region=EU",)
    assert {e.name for e in result.slices if e.broken} > {"tenant=0", "feature=qa"}
    assert result.slices[0].name == "region=EU"


def test_two_causes_are_both_named() -> None:
    """What the first slice does not explain, a second one may."""
    slices = [[f"country={'AB C'[i % 4]}", f"tenant={i % 5}"] for i in range(200)]
    cases = _cases([-1.0 if i % 4 < 2 else 0.0 for i in range(200)], slices)
    broken = {"country=A", "country=B", "tenant=0", "tenant=1"}
    assert set(name_what_broke(cases, broken, 0.05)) == {"country=A", "country=B"}


def test_cases_of_one_cluster_are_resampled_together() -> None:
    """Ten copies of one failure are one failure: the interval is wider than ten alone."""
    differences = [-1.0] * 10 + [0.0] * 90
    alone = estimate_difference("whole", _cases(differences), RULES)
    together = [
        PairedCase(c.case_id, "one" if i < 10 else c.cluster, c.baseline, c.candidate)
        for i, c in enumerate(_cases(differences))
    ]
    clustered = estimate_difference("whole", together, RULES)
    assert clustered.difference == alone.difference == pytest.approx(-0.1)
    assert clustered.high - clustered.low > alone.high - alone.low
    assert clustered.high == 0


def test_too_few_clusters_do_not_hide_that_cases_differ() -> None:
    """One lost case of twelve on one page breaks no slice: it could be chance."""
    cases = [
        PairedCase(f"c{i}", "page" if i < 12 else f"p{i}", 1.0, 0.0 if i == 0 else 1.0,
                   ("report=one",) if i < 12 else ())
        for i in range(200)
    ]  # fmt: skip
    result = compare(cases, 0, RULES)
    (one,) = result.slices
    assert one.tested and not one.broken and one.low < one.high
    assert (one.clusters, result.whole and result.whole.clusters) == (12, 189)


def test_cases_all_on_one_document_still_have_an_interval() -> None:
    """A single cluster has no spread: that must not read as certainty."""
    cases = [PairedCase(f"c{i}", "one", 1.0, 1.0 + d) for i, d in enumerate(_broken(1, 40))]
    result = compare(cases, 0, RULES)
    assert result.verdict is GateVerdict.INCONCLUSIVE
    assert result.whole and result.whole.low < result.whole.high


@pytest.mark.parametrize(("cases", "unseen"), [(10, 0.308), (72, 0.0499), (200, 0.018)])
def test_no_failure_seen_is_not_none_possible(cases: int, unseen: float) -> None:
    """The exact binomial bound, which falls below the margin from 72 cases on."""
    whole = estimate_difference("whole", _cases([0.0] * cases), RULES)
    assert unseen_loss(whole, RULES) == pytest.approx(unseen, abs=0.001)


def test_a_bound_is_for_equal_cases_only() -> None:
    """Where cases differ the interval tells."""
    whole = estimate_difference("whole", _cases(_broken(2, 40)), RULES)
    assert unseen_loss(whole, RULES) is None


def test_the_same_answers_give_the_same_verdict() -> None:
    """The bootstrap is seeded."""
    cases = _cases(_broken(7, 90))
    assert compare(cases, 0, RULES) == compare(cases, 0, RULES)
