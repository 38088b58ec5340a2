"""`flywheel uplift` as a person types it."""

from pathlib import Path

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
    assert "harmful_waiting" not in done.out, "none has to wait"
    report = run("uplift", "--json").json
    assert (report["answers"], report["proposed"]) == (300, 0)
    assert report["examples"][0]["name"] == bad


def test_what_has_to_wait_is_counted(
    run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For people with the policy's key, for programs as a number."""
    policy = tmp_path / "none.toml"
    text = settings.curation_policy.read_text()
    policy.write_text(text.replace("harmful_waiting = 10", "harmful_waiting = 0"))
    monkeypatch.setenv("FLYWHEEL_CURATION_POLICY", str(policy))
    store = open_store(settings)
    good, bad = approve(store, "bank", "Good?"), approve(store, "bank", "Bad?")
    run_promote(settings)
    live(store, good, bad)
    said = " ".join(run("uplift", "--propose").out.split())
    assert "0 sent back to the review queue" in said
    assert "1 more that hurt" in said and "harmful_waiting" in said
    report = run("uplift", "--propose", "--json").json
    assert (report["proposed"], report["deferred"]) == (0, 1)


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
