"""`flywheel refit` as a person types it."""

import pytest

from flywheel.settings import SamplingSettings, Settings
from flywheel.steps.draw import run_draw
from flywheel.steps.scores import update_scores
from flywheel.store import open_store
from tests.drawing import add_judged, decide_truly
from tests.facts import together
from tests.flywheel.cli.conftest import Run


@pytest.fixture
def decided(settings: Settings) -> None:
    """240 decided cases in a world where a thumb is right 60 times in 100."""
    store = open_store(settings)
    with together(store) as open:
        truth = add_judged(open, 240, up=0.6, down=0.6)
    update_scores(store)
    sampling = SamplingSettings(round_size=1000, double_share=0)
    run_draw(settings.model_copy(update={"sampling": sampling}))
    with together(store) as open:
        for candidate, good in truth.items():
            decide_truly(open, candidate, good)


def test_a_dry_run_shows_weights_scores_and_the_curve(run: Run, decided: None) -> None:
    """A row a signal, both sides of every measure, a line a bin; 80 columns."""
    done = run("refit", "--dry-run")
    assert done.code == 0
    assert [line for line in done.out.splitlines() if "thumbs" in line and "+2.50" in line]
    for words in ("log loss", "Brier score", "calibration error", "area under ROC", "held out"):
        assert words in done.out
    plotted = [line for line in done.out.splitlines() if "◆" in line and "─" in line]
    assert len(plotted) >= 4
    assert "Would be used" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_used_then_reset(run: Run, decided: None) -> None:
    """What scores is told by the version; a second time there is nothing to do."""
    used = run("refit", "--json").json
    assert used["outcome"] == "used"
    curated = run("curate", "--json").json
    assert (curated["scored"], curated["weights_version"]) == (240, used["weights_version"])
    assert run("refit").out.count("Nothing changed") == 1
    assert "Reset" in run("refit", "--reset").out
    assert run("curate", "--json").json["weights_version"] != used["weights_version"]
    assert run("refit", "--reset", "--json").json["outcome"] == "in_force"


def test_a_young_home_is_declined_in_a_sentence(run: Run) -> None:
    """No table, no plot, exit 0: it is no mistake to ask."""
    done = run("refit")
    assert (done.code, "│" in done.out) == (0, False)
    assert "0 usable decisions, fewer than the 100 needed" in " ".join(done.out.split())


def test_reset_has_no_dry_run(run: Run) -> None:
    """One line, exit 2."""
    done = run("refit", "--reset", "--dry-run")
    assert (done.code, done.err.count("\n")) == (2, 1)
