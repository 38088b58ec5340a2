"""`flywheel agreement` as a person types it."""

import pytest

from flywheel.settings import Settings
from flywheel.steps.draw import run_draw
from flywheel.store import open_store
from tests.drawing import add_waiting, judge, read_draws
from tests.facts import together
from tests.flywheel.cli.conftest import Run


def reviewed(settings: Settings, monkeypatch: pytest.MonkeyPatch, cases: int) -> None:
    """All cases are judged by two, who differ on every fourth."""
    store = open_store(settings)
    add_waiting(store, cases)
    sampling = settings.sampling.model_copy(update={"double_share": 1.0})
    run_draw(settings.model_copy(update={"sampling": sampling}), size=cases, reviewers=2)
    drawn = list(read_draws(store))
    with together(store) as open:
        for number, id in enumerate(drawn):
            judge(open, id, "rosa [lead]", "approve" if number % 2 else "reject", reason="wrong")
            differs = number % 4 == 0
            yes = (number % 2 == 1) is not differs
            judge(open, id, "sven", "approve" if yes else "reject", reason="wrong")


def test_the_tables_fit_a_screen_and_say_what_they_mean(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all, by pair, by week, and the share of all; a name's brackets are text."""
    reviewed(settings, monkeypatch, 40)
    done = run("agreement")
    assert done.code == 0
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
        for cells in (line.split("│") for line in done.out.splitlines() if line.startswith("│"))
    }
    assert rows["verdict"][:2] == ["40", "75%"]
    assert rows["verdict"][2].startswith("α 0.")
    assert rows["rosa [lead], sven"][2].startswith("κ 0.")
    assert any(name.startswith("week of 20") for name in rows)
    assert rows["all"][:3] == ["40", "40", "30"]
    said = " ".join(done.out.split())
    assert "10 for an adjudication" in said and "provisional" in said
    assert max(map(len, done.out.splitlines())) <= 80


def test_few_cases_cannot_tell_yet(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No coefficient of five cases, whatever it would be."""
    reviewed(settings, monkeypatch, 5)
    done = run("agreement")
    assert "cannot tell yet" in done.out and "α 0" not in done.out
    assert "Fewer than 20 cases" in " ".join(done.out.split())


def test_json_is_both_reports(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For scripts and the page."""
    reviewed(settings, monkeypatch, 24)
    report = run("agreement", "--json").json
    assert sorted(report) == ["agreement", "shares"]
    assert report["agreement"]["figures"][0]["cases"] == 24
    assert report["shares"]["whole"]["population"] == 24


def test_a_young_home_says_what_comes_first(run: Run) -> None:
    """No table without rows."""
    done = run("agreement")
    assert (done.code, "│" in done.out) == (0, False)
    assert "flywheel curate" in done.out and "DOUBLE_SHARE" in done.out
