"""`flywheel uplift` as a person types it."""

import pytest

from flywheel.settings import Settings
from flywheel.steps.promote import run_promote
from flywheel.store import open_store
from tests.approve import approve
from tests.flywheel.cli.conftest import Run
from tests.flywheel.steps.test_uplift import live


def test_the_table_says_what_each_example_does(run: Run, settings: Settings) -> None:
    """Bank first, then the worst; 80 columns."""
    store = open_store(settings)
    good, bad = approve(store, "bank", "Good?"), approve(store, "bank", "Bad?")
    run_promote(settings)
    live(store, good, bad)
    done = run("uplift", "--propose")
    assert done.code == 0
    rows = [line.split("│") for line in done.out.splitlines() if line.startswith("│")]
    names = [row[1].strip() for row in rows if row[1].strip()]
    assert names == ["bank", bad, good]
    assert "hurts" in done.out
    assert "1 sent back to the review queue" in done.out
    table = [line for line in done.out.splitlines() if line.startswith(("│", "┃", "┏", "└"))]
    assert max(map(len, table)) <= 80
    report = run("uplift", "--json").json
    assert (report["answers"], report["proposed"]) == (300, 0)
    assert report["examples"][0]["name"] == bad


def test_a_young_home_says_what_it_lacks(run: Run, settings: Settings) -> None:
    """How to begin, then how many more answers it takes to tell."""
    assert "withhold" in run("uplift").out
    live(open_store(settings), "a", "b", 30)
    said = " ".join(run("uplift").out.replace("│", " ").split())
    assert "cannot tell" in said
    assert "more" in said


@pytest.mark.parametrize("options", [("--confidence", "1"), ("--smallest", "0")])
def test_a_share_that_is_none_is_one_line(run: Run, options: tuple[str, str]) -> None:
    """Exit 2."""
    done = run("uplift", *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
