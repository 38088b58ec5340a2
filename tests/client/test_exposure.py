"""Withholding is as likely as it says, tells what it kept back, and is off unless asked for."""

import random
from collections import Counter
from pathlib import Path

import pytest

from flywheel_client import Bank, Selection
from flywheel_client.exposure import withhold
from tests.client.releases import example, publish
from tests.client.trigrams import Trigrams

P = 0.2
DRAWS = 20_000


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Three examples."""
    publish(tmp_path / "releases", [example(id) for id in "abc"])
    return tmp_path / "releases"


@pytest.fixture
def selection(releases: Path) -> Selection:
    """All three."""
    with Bank.open(releases, Trigrams(), refresh_s=None) as bank:
        return bank.select("What was revenue?")


def test_nothing_is_withheld_unless_asked_for(selection: Selection) -> None:
    """And the event says of nothing that is not so."""
    assert withhold(selection, 0.0) is selection
    assert (selection.withheld, selection.withhold) == ((), 0.0)
    assert selection.few_shot == {"release": selection.release, "ids": ["a", "b", "c"]}
    assert Selection(None, ()).few_shot is None


def test_shown_and_withheld_together_are_what_was_selected(selection: Selection) -> None:
    """In its order, never one in both; the event says all of it."""
    draw = random.Random(7)
    for _ in range(200):
        some = withhold(selection, P, draw)
        assert sorted([*some.ids, *some.withheld]) == selection.ids
        assert some.ids == sorted(some.ids)
        assert some.few_shot == {
            "release": selection.release,
            "ids": some.ids,
            "withheld": list(some.withheld),
            "probability": P,
        }


def test_it_is_as_likely_as_it_says(selection: Selection) -> None:
    """All with p; else each with p by itself: within four standard errors of that."""
    draw = random.Random(7)
    outcomes = [withhold(selection, P, draw).withheld for _ in range(DRAWS)]
    counts = Counter(id for withheld in outcomes for id in withheld)
    all_of_them = sum(len(withheld) == 3 for withheld in outcomes) / DRAWS
    error = 4 * (P * (1 - P) / DRAWS) ** 0.5
    assert all_of_them == pytest.approx(P + (1 - P) * P**3, abs=error)
    for id in "abc":
        assert counts[id] / DRAWS == pytest.approx(P + (1 - P) * P, abs=2 * error)


@pytest.mark.parametrize("probability", [-0.1, 0.51, float("nan")])
def test_a_probability_is_small(releases: Path, probability: float) -> None:
    """Refused when the bank is opened, not when production asks."""
    with pytest.raises(ValueError, match="withhold"):
        Bank.open(releases, Trigrams(), refresh_s=None, withhold=probability)


def test_a_bank_withholds_by_its_own_draw(releases: Path) -> None:
    """The same query is answered in several ways; each is counted as a selection."""
    with Bank.open(releases, Trigrams(), refresh_s=None, withhold=0.5) as bank:
        seen = {bank.select("What was revenue?").withheld for _ in range(100)}
    assert len(seen) > 2
