"""The estimator finds a planted effect, claims none where none is, and knows what it lacks."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from flywheel.uplift import Arm, Exposure, Judge, adjust, bank_arms, estimate, example_arms

IDS = tuple(f"e-{i}" for i in range(6))
JUDGE = Judge(0.95, 0.05)


def world(
    seed: int,
    answers: int,
    quality: Callable[[tuple[str, ...]], float],
    *,
    p: float = 0.2,
    k: int = 3,
) -> list[Exposure]:
    """Answers as the client's `withhold` would draw them; `quality` is P(good) by what is shown."""
    draw = random.Random(seed)
    exposures = []
    for number in range(answers):
        chosen = draw.sample(IDS, k)
        none = draw.random() < p
        shown = () if none else tuple(id for id in chosen if draw.random() >= p)
        withheld = tuple(id for id in chosen if id not in shown)
        score = 0.9 if draw.random() < quality(shown) else 0.1
        exposures.append(Exposure("r", shown, withheld, p, f"u{number}", score))
    return exposures


def harmful(shown: tuple[str, ...]) -> float:
    """Each example helps a little; e-0 does harm."""
    return 0.5 + 0.08 * len(shown) - (0.33 if "e-0" in shown else 0)


def test_a_planted_effect_is_found_with_its_sign() -> None:
    """The harmful example hurts, the others help, the bank as a whole helps."""
    exposures = world(1, 12_000, harmful)
    effects = adjust(
        [estimate(id, arms, JUDGE) for id, arms in sorted(example_arms(exposures).items())], JUDGE
    )
    assert [effect.verdict for effect in effects] == ["hurts", *["helps"] * 5]
    # e-0 takes .25 off P(good), which is .8 wide here, so .2 of the score.
    assert effects[0].difference == pytest.approx(-0.2, abs=0.05)
    assert estimate("bank", bank_arms(exposures), JUDGE).verdict == "helps"


def test_where_nothing_is_different_nothing_is_claimed() -> None:
    """Over many worlds without an effect the interval misses 0 about as often as it says."""
    missed = 0
    for seed in range(100):
        effect = estimate("bank", bank_arms(world(seed, 400, lambda shown: 0.6)), JUDGE)
        assert effect.low is not None and effect.high is not None
        missed += not effect.low <= 0 <= effect.high
    assert missed <= 11, "5 are expected of 100; 12 or more would be a chance of 1 in 200"


def test_answers_of_one_user_are_not_so_many_witnesses() -> None:
    """Somebody who asks the same twenty times says no more than once: the interval stays."""
    once = world(3, 500, lambda shown: 0.5)
    often = [exposure for exposure in once for _ in range(20)]
    one, many = (estimate("bank", bank_arms(some), JUDGE) for some in (once, often))
    assert one.difference == pytest.approx(many.difference)
    assert (one.low, one.high) == (pytest.approx(many.low), pytest.approx(many.high))
    assert (one.units, many.units, many.shown) == (500, 500, 20 * one.shown)


def test_a_changed_probability_biases_nothing() -> None:
    """The rate went down while answers got better for another reason: weights undo that."""
    before = world(4, 6_000, lambda shown: 0.3, p=0.4)
    after = [replace(e, unit=f"later {e.unit}") for e in world(6, 6_000, lambda _: 0.8, p=0.05)]
    effect = estimate("bank", bank_arms([*before, *after]), JUDGE)
    naive = [
        sum(e.p_good for e in side) / len(side)
        for side in (
            [e for e in [*before, *after] if e.shown],
            [e for e in [*before, *after] if not e.shown],
        )
    ]
    assert naive[0] - naive[1] > 0.08, "a plain difference of means is fooled"
    assert effect.low is not None and effect.high is not None
    assert effect.low < 0 < effect.high


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_probabilities_are_those_of_the_draw(k: int) -> None:
    """Counts over a long run are what each arm's probability says."""
    exposures = world(6, 30_000, lambda shown: 0.5, k=k)
    arms = example_arms(exposures)["e-0"]
    selected = sum("e-0" in (*e.shown, *e.withheld) for e in exposures)
    for side in (True, False):
        some = [arm for arm in arms if arm.shown is side]
        assert len(some) / selected == pytest.approx(some[0].probability, abs=0.02)
    none = [arm for arm in bank_arms(exposures) if not arm.shown]
    assert len(none) / len(exposures) == pytest.approx(none[0].probability, abs=0.01)


def test_too_few_answers_say_how_many_are_needed() -> None:
    """No interval from a handful; the need falls as answers come, and is met in the end."""
    few = estimate("bank", bank_arms(world(7, 30, lambda shown: 0.6)), JUDGE)
    assert (few.verdict, few.low) == ("cannot_tell", None)
    some = estimate("bank", bank_arms(world(7, 600, lambda shown: 0.6)), JUDGE)
    assert some.verdict == "cannot_tell"
    assert few.more is not None and some.more is not None
    assert 500 < some.more < 20_000
    enough = world(10, 600 + 3 * some.more, lambda shown: 0.6)
    assert estimate("bank", bank_arms(enough), JUDGE).verdict == "no_difference"
    assert estimate("bank", [], JUDGE).more is None


def test_one_side_alone_is_no_comparison() -> None:
    """And a spread of nothing is no certainty about something."""
    arms = [Arm(True, 0.9, f"u{i}", 0.9) for i in range(50)]
    assert estimate("bank", arms, JUDGE).verdict == "cannot_tell"
    equal = [*arms, *(Arm(False, 0.1, f"v{i}", 0.9) for i in range(50))]
    assert estimate("bank", equal, JUDGE).difference == 0


def test_many_examples_are_held_to_one_rate_of_false_alarms() -> None:
    """One of a hundred that looks harmful at .04 is what chance gives."""
    lone = estimate("e", bank_arms(world(9, 3_000, harmful)), JUDGE).model_copy(
        update={"p_value": 0.04, "verdict": "hurts", "name": "lone"}
    )
    rest = [lone.model_copy(update={"p_value": 0.5, "verdict": "cannot_tell", "name": str(i)})
            for i in range(99)]  # fmt: skip
    assert adjust([lone], JUDGE)[0].verdict == "hurts"
    assert adjust([lone, *rest], JUDGE)[0].verdict == "cannot_tell"
    assert adjust([], JUDGE) == []
