"""From stored questions and a published bank to the share that is covered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flywheel.errors import InputError, ReleaseError
from flywheel.settings import Settings
from flywheel.steps.candidates import read_candidates
from flywheel.steps.cluster import update_clusters
from flywheel.steps.coverage import run_coverage
from flywheel.steps.promote import run_promote
from flywheel.steps.scores import update_scores
from flywheel.store import Store, open_store
from tests.approve import approve, decide
from tests.facts import add_candidate, add_feedback, add_interaction, together
from tests.flywheel.cli.conftest import Run, run

__all__ = ["run"]

REVENUE, WEATHER = "What was the revenue in 2019?", "Will it rain in Lisbon tomorrow?"
NOW = datetime.now(UTC)


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


def test_a_gap_becomes_one_candidate_with_the_best_answer(settings: Settings, store: Store) -> None:
    """Of all its wordings the answer that was judged good; a second run proposes nothing."""
    ask(store, WEATHER, 3, user="u-1")
    best = add_interaction(
        store, "Will it rain in Lisbon today?", "Yes, at noon.", time=NOW, user="u-2", context=None
    )
    for user in ("u-2", "u-3", "u-4"):
        add_feedback(store, best, "thumbs", 1, user=user)
    update_scores(store)
    assert run_coverage(settings).proposed == 0, "only if asked"
    assert run_coverage(settings, propose=True).proposed == 1
    (waiting,) = read_candidates(store)
    assert (waiting.reason_code, waiting.proposed_output) == ("coverage_gap", "Yes, at noon.")
    assert waiting.reason.startswith("A gap: 4 questions of 2 users in the last 7 days")
    assert waiting.evidence, "the reviewer sees what users did"
    report = run_coverage(settings, propose=True)
    assert (report.proposed, report.gaps[0].waiting) == (0, (waiting.candidate_id,))
    decide(store, waiting.candidate_id, time=NOW)
    run_promote(settings)
    assert run_coverage(settings, propose=True).gaps == (), "approval has closed it"


def test_a_gap_without_a_good_answer_is_the_reviewers_to_write(
    settings: Settings, store: Store
) -> None:
    """No output is proposed; one that was rejected does not come back."""
    ask(store, WEATHER)
    assert run_coverage(settings, propose=True).proposed == 1
    (waiting,) = read_candidates(store)
    assert (waiting.proposed_output, waiting.p_good, waiting.evidence) == (None, None, ())
    decide(store, waiting.candidate_id, "reject", time=NOW)
    ask(store, "Will it rain in Lisbon today?")
    assert run_coverage(settings, propose=True).proposed == 0


def test_what_may_not_become_an_example_is_no_proposal(settings: Settings, store: Store) -> None:
    """Answers without consent, and golden cases, in whatever wording they are asked."""
    ask(store, WEATHER, consent=False)
    approve(store, "golden", "Which bonds fall due next year?")
    ask(store, "which  bonds fall due NEXT year")
    run_promote(settings)
    update_clusters(store, settings)
    report = run_coverage(settings, propose=True)
    assert (report.golden, report.proposed) == (1, 0)
    assert [gap.question for gap in report.gaps] == [WEATHER]


def test_the_policy_bounds_what_waits(settings: Settings, store: Store, tmp_path: Path) -> None:
    """The most asked first; the next ones come when a reviewer has made room."""
    text = settings.curation_policy.read_text().replace("gaps_waiting = 20", "gaps_waiting = 1")
    policy = tmp_path / "policy.toml"
    policy.write_text(text)
    bounded = settings.model_copy(update={"curation_policy": policy})
    ask(store, WEATHER, 2)
    ask(store, "How do I reset my password?", 5)
    assert [run_coverage(bounded, propose=True).proposed for _ in range(2)] == [1, 0]
    (waiting,) = read_candidates(store)
    assert waiting.messages[0].text == "How do I reset my password?"
    decide(store, waiting.candidate_id, "reject", time=NOW)
    assert run_coverage(bounded, propose=True).proposed == 1


def test_one_case_of_two_tenants_has_one_candidate(settings: Settings, store: Store) -> None:
    """Both lack it; a case is never proposed twice."""
    ask(store, WEATHER, 2, tenant="acme")
    ask(store, WEATHER, 1, tenant="bolt")
    assert run_coverage(settings, propose=True).proposed == 1
    assert read_candidates(store)[0].tenant == "acme"


def test_a_redundant_example_waits_for_a_reviewer(settings: Settings, store: Store) -> None:
    """It stands until then; what a reviewer keeps is not proposed again."""
    spare = approve(store, "bank", "What was revenue in 2019?")
    run_promote(settings)
    ask(store, REVENUE, 3)
    reports = [run_coverage(settings, alike=0.8, propose=True) for _ in range(2)]
    assert [report.reopened for report in reports] == [1, 0], "it waits already"
    (waiting,) = read_candidates(store)
    assert (waiting.candidate_id, waiting.reopened) == (spare, True)
    assert "says the same" in waiting.reason
    assert run_promote(settings).withdrawn["bank"] == 0
    decide(store, spare, time=NOW)
    assert run_coverage(settings, alike=0.8, propose=True).reopened == 0
    assert read_candidates(store) == []


def test_an_example_that_a_question_needs_is_not_proposed(settings: Settings, store: Store) -> None:
    """However much it is like another: without it that question had none near."""
    approve(store, "bank", "What was revenue in 2019?")
    run_promote(settings)
    ask(store, REVENUE, 3)
    ask(store, "What was revenue in 2019?", 1)
    report = run_coverage(settings, alike=0.8, near=0.9999, propose=True)
    assert [one.needed_by for one in report.redundant] == [1]
    assert report.reopened == 0


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
    assert "1 gaps, 0 redundant" in " ".join(run("coverage", "--propose").out.split())


def test_without_a_bank_there_is_nothing_to_hold_against(settings: Settings) -> None:
    """Said, and so is a similarity that is none."""
    with pytest.raises(ReleaseError):
        run_coverage(settings)
    with pytest.raises(InputError, match="--near"):
        run_coverage(settings, near=1.5)
