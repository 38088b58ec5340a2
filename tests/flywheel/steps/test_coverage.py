"""From stored questions and a published bank to the share that is covered."""

from datetime import UTC, datetime, timedelta

import pytest

from flywheel.errors import InputError, ReleaseError
from flywheel.settings import Settings
from flywheel.steps.coverage import run_coverage
from flywheel.steps.promote import run_promote
from flywheel.store import Store, open_store
from tests.approve import approve
from tests.facts import add_candidate, add_interaction, together
from tests.flywheel.cli.conftest import Run, run

__all__ = ["run"]

REVENUE, WEATHER = "What was the revenue in 2019?", "Will it rain in Lisbon tomorrow?"


@pytest.fixture
def store(settings: Settings) -> Store:
    """A bank of one example and a golden set of one case."""
    store = open_store(settings)
    approve(store, "bank", REVENUE)
    approve(store, "golden", "Who audits the company?")
    run_promote(settings)
    return store


def ask(store: Store, question: str, times: int = 1, days_ago: int = 0, **fields: object) -> None:
    """Somebody asked, so often."""
    with together(store) as open:
        for _ in range(times):
            time = datetime.now(UTC) - timedelta(days=days_ago, minutes=1)
            add_interaction(open, question, context=None, time=time, **fields)  # type: ignore[arg-type]


def test_what_an_example_is_near_to_is_covered(settings: Settings, store: Store) -> None:
    """By answers, not by cases; older answers do not count, golden cases stand apart."""
    ask(store, "What was the revenue in 2018?", 3)
    ask(store, WEATHER, 2)
    ask(store, WEATHER, 5, days_ago=9)
    ask(store, "Who audits the company?", 4)
    report = run_coverage(settings)
    assert (report.asked, report.covered, report.share, report.golden) == (5, 3, 0.6, 4)
    (gap,) = report.gaps
    assert (gap.question, gap.asked, gap.waiting) == (WEATHER, 2, ())
    assert gap.nearest < report.near
    assert run_coverage(settings, days=10).asked == 10
    assert (report.examples, report.unused) == (1, 0)


def test_a_candidate_that_waits_is_named_beside_its_gap(settings: Settings, store: Store) -> None:
    """A gap that a click in the review page closes."""
    ask(store, WEATHER, 2)
    waiting = add_candidate(store, "bank", question=WEATHER)
    (gap,) = run_coverage(settings).gaps
    assert gap.waiting == (waiting,)


def test_another_tenants_example_covers_nothing(settings: Settings) -> None:
    """It is never shown to this one."""
    store = open_store(settings)
    approve(store, "bank", REVENUE)
    with store.transaction() as connection:
        connection.execute("UPDATE candidates SET tenant = 'globex'")
    run_promote(settings)
    ask(store, REVENUE, tenant="acme")
    ask(store, REVENUE, tenant="globex")
    report = run_coverage(settings)
    assert (report.asked, report.covered) == (2, 1)
    assert report.gaps[0].nearest == -1


def test_two_examples_that_say_the_same_are_shown(settings: Settings, store: Store) -> None:
    """The one that is nearest to less is the one to go."""
    spare = approve(store, "bank", "What was revenue in 2019?")
    run_promote(settings)
    ask(store, REVENUE, 3)
    report = run_coverage(settings, alike=0.8)
    assert [(one.id, one.nearest_for) for one in report.redundant] == [(spare, 0)]
    assert report.unused == 1


def test_the_command_shows_it_in_80_columns(run: Run, settings: Settings, store: Store) -> None:
    """Share, gaps and doubles; brackets in a question are text; none asked is no table."""
    assert "Nobody asked" in run("coverage").out
    ask(store, "[bold]Will[/bold] it rain in " + "Lisbon " * 40)
    ask(store, REVENUE)
    done = run("coverage")
    assert done.code == 0
    assert "50% of 2 answers" in done.out
    assert "[bold]Will[/bold]" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert run("coverage", "--json").json["share"] == 0.5
    assert run("coverage", "--near", "2").code == 2


def test_without_a_bank_there_is_nothing_to_hold_against(settings: Settings) -> None:
    """Said, and so is a similarity that is none."""
    with pytest.raises(ReleaseError):
        run_coverage(settings)
    with pytest.raises(InputError, match="--near"):
        run_coverage(settings, near=1.5)
