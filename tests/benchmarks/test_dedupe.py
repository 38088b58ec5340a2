"""The figures of the note come from here: what is counted as right, and that the targets hold."""

from random import Random

import pytest

from benchmarks import dedupe, near_duplicates
from benchmarks.dedupe import Item, evaluate, generate, judge
from flywheel.settings import Settings
from flywheel.store import Store


@pytest.mark.parametrize("name", dedupe.SETS)
def test_the_targets_hold_on_a_part_of_the_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two companies, two years, both prints of the boilerplate; the command measures all."""
    monkeypatch.setattr(dedupe, "COMPANIES", dedupe.COMPANIES[1:3])
    monkeypatch.setattr(dedupe, "REGIONS", dedupe.REGIONS[:1])
    verdict = evaluate(name)
    assert verdict.items > 800 and verdict.same > 2000
    assert verdict.precision >= dedupe.MIN_PRECISION and verdict.recall >= dedupe.MIN_RECALL
    assert verdict.wrong == 0


def test_no_template_stands_in_both_sets() -> None:
    """What is measured on the held-out ones was not tuned on."""
    sets = [{item.question for item in generate(name, Random(1))} for name in dedupe.SETS]
    assert not sets[0] & sets[1]


def test_pairs_are_counted() -> None:
    """One case in two clusters costs recall, two cases in one precision."""
    items = [Item(case, "", "", how) for case, how in (("a", "plain"), ("a", "x"), ("b", "plain"))]
    split, right, merged = (judge("n", items, found) for found in ("123", "112", "111"))
    assert (split.recall, split.precision, split.recall_by_kind) == (0, 1, {"x": (0, 1)})
    assert (right.recall, right.precision, right.wrong) == (1, 1, 0)
    assert (merged.recall, merged.precision, merged.wrong) == (1, 1 / 3, 2)


def test_both_ways_to_find_near_duplicates_find_the_same_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At another recall the times could not be compared: the run stops instead."""
    monkeypatch.setattr(near_duplicates, "TEXTS", 60)
    row, ours, theirs = near_duplicates.compare()
    assert row.ours_s > 0 and row.peer_s > 0 and ours == theirs == 1
    monkeypatch.setattr(near_duplicates, "find_theirs", lambda texts: set())
    with pytest.raises(SystemExit, match="recall differs"):
        near_duplicates.compare()


def test_a_growing_history_is_measured(settings: Settings) -> None:
    """One row for each size; to look a batch up is a part of the step."""
    rows = near_duplicates.growth((10, 40), batch=5)
    assert [row.size for row in rows] == [10, 40] and rows[0].ratio == (1, 1)
    assert all(row.look_up.wall < row.step.wall for row in rows)
    assert near_duplicates.find_ours(near_duplicates.make_texts(20), Store(settings.database_path))
