"""From approvals to a release: idempotent, safe to run twice at once, healed after damage."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flywheel.bank import open_bank, read_bank, read_golden
from flywheel.errors import ReleaseError
from flywheel.promote import NO_CONSENT, NO_OUTPUT, NOT_APPROVED
from flywheel.settings import SamplingSettings, Settings
from flywheel.steps.draw import run_draw
from flywheel.steps.promote import PromoteReport, run_promote
from flywheel.steps.release import list_releases
from flywheel.store import Store, open_store
from tests.approve import approve, decide
from tests.drawing import judge
from tests.facts import add_candidate, count_rows

NONE = {"golden": 0, "bank": 0}


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store that the settings name."""
    return open_store(settings)


def _rows(store: Store) -> tuple[int, int]:
    return count_rows(store, "promotions"), count_rows(store, "releases")


def test_approved_candidates_become_a_release(settings: Settings, store: Store) -> None:
    """Golden cases and few-shot examples, from the store to what production reads."""
    golden = approve(store, "golden", "What was revenue in 2019?")
    bank = approve(store, "bank", "What was the operating margin in 2018?", "12%")
    add_candidate(store, question="Nobody decided this")
    report = run_promote(settings)
    assert (report.added, report.withdrawn) == ({"golden": 1, "bank": 1}, NONE)
    assert (report.refused, report.published) == ((), True)
    (case,) = read_golden(settings)
    assert (case.id, case.output, case.reviewer) == (golden, "$85.1 million", "rosa")
    assert (case.feature, case.tenant) == ("report_qa", "acme")
    selection = open_bank(settings).select("operating margin in 2018", k=4)
    assert (selection.ids, selection.release) == ([bank], report.release)
    assert selection.examples[0].output == "12%"


def test_a_second_promote_changes_nothing(settings: Settings, store: Store) -> None:
    """No new facts: no row, no folder, no switch; what is refused is still said."""
    approve(store, "golden", "What was revenue in 2019?")
    decide(store, add_candidate(store, question="Without an answer", proposed_output=None))
    first = run_promote(settings)
    rows = _rows(store)
    folders = sorted(settings.releases_path.iterdir())
    second = run_promote(settings)
    assert second == PromoteReport(
        added=NONE,
        withdrawn=NONE,
        refused=first.refused,
        release=first.release,
        published=False,
    )
    assert [reason for _, reason in second.refused] == [NO_OUTPUT]
    assert _rows(store) == rows == (2, 1)
    assert sorted(settings.releases_path.iterdir()) == folders


def test_an_approval_that_is_taken_back_leaves_the_release(
    settings: Settings, store: Store
) -> None:
    """At the next promotion, though no decision stands then; whoever judges next decides anew."""
    kept = add_candidate(store, question="What was revenue in 2018?")
    gone = add_candidate(store, question="What was the margin in 2019?")
    _, slip = judge(store, kept, "rosa"), judge(store, gone, "rosa")
    first = run_promote(settings)
    undo = judge(store, gone, "rosa", "undo", undoes=slip)
    second = run_promote(settings)
    assert (second.withdrawn["golden"], second.published) == (1, True)
    assert [case.id for case in read_golden(settings)] == [kept]
    assert not run_promote(settings).published
    assert undo != judge(store, gone, "sven")
    third = run_promote(settings)
    assert (third.added["golden"], third.published) == (1, True)
    assert third.release != first.release, "it stands by sven now"


def test_an_example_on_which_two_come_to_differ_leaves_the_release(
    settings: Settings, store: Store
) -> None:
    """One of the two thinks again, and no decision stands until somebody settles it."""
    id = add_candidate(store)
    run_draw(
        settings.model_copy(update={"sampling": SamplingSettings(double_share=1)}), reviewers=2
    )
    judge(store, id, "rosa")
    judge(store, id, "sven")
    assert run_promote(settings).added["golden"] == 1
    again = judge(store, id, "sven", "reject", reason="wrong")
    assert run_promote(settings).withdrawn["golden"] == 1
    assert read_golden(settings) == []
    judge(store, id, "sven", "undo", undoes=again)
    report = run_promote(settings)
    assert (report.added["golden"], report.refused) == (1, ())
    assert not run_promote(settings).published


def test_nothing_approved_publishes_nothing(settings: Settings, store: Store) -> None:
    """An empty home gets no release: there would be nothing to read in it."""
    add_candidate(store)
    report = run_promote(settings)
    assert (report.release, report.published) == (None, False)
    assert _rows(store) == (0, 0)


def test_who_listens_hears_of_a_new_release_once(settings: Settings, store: Store) -> None:
    """That is what starts an evaluation."""
    heard: list[str] = []
    approve(store, "golden", "What was revenue?")
    report = run_promote(settings, heard.append)
    run_promote(settings, heard.append)
    assert heard == [report.release]


def test_the_newest_decision_counts(settings: Settings, store: Store) -> None:
    """Approved, edited, rejected, approved again: each promote follows."""
    one = approve(store, "golden", "What was revenue?", "first")
    other = approve(store, "golden", "What was the margin?", "stays")
    run_promote(settings)
    decide(store, one, "edit", output="second")
    assert run_promote(settings).added == {"golden": 1, "bank": 0}
    assert {case.id: case.output for case in read_golden(settings)} == {
        one: "second",
        other: "stays",
    }
    decide(store, one, "reject")
    report = run_promote(settings)
    assert report.withdrawn == {"golden": 1, "bank": 0}
    assert [case.id for case in read_golden(settings)] == [other]
    decide(store, one)
    run_promote(settings)
    assert {case.id: case.output for case in read_golden(settings)} == {
        one: "first",
        other: "stays",
    }


def test_the_same_approval_by_another_reviewer_is_no_new_release(
    settings: Settings, store: Store
) -> None:
    """The content is what it was."""
    one = approve(store, "golden", "What was revenue?")
    first = run_promote(settings)
    decide(store, one, reviewer="sam")
    second = run_promote(settings)
    assert (second.release, second.published) == (first.release, False)
    assert _rows(store) == (1, 1)


def test_all_withdrawn_is_an_empty_release(settings: Settings, store: Store) -> None:
    """Production stops getting an example that was taken back, even the last one."""
    one = approve(store, "bank", "What was revenue?")
    run_promote(settings)
    decide(store, one, "reject")
    assert run_promote(settings).published
    assert len(open_bank(settings)) == 0
    assert read_golden(settings) == []


def test_a_case_is_never_on_both_sides(settings: Settings, store: Store) -> None:
    """Golden wins in one run; when it is rejected, the bank's old approval counts."""
    question = "What was revenue in 2019?"
    bank = approve(store, "bank", question)
    golden = approve(store, "golden", question)
    report = run_promote(settings)
    assert report.added == {"golden": 1, "bank": 0}
    ((refused, reason),) = report.refused
    assert refused == bank
    assert "golden set" in reason
    decide(store, golden, "reject")
    report = run_promote(settings)
    assert (report.withdrawn["golden"], report.added["bank"], report.refused) == (1, 1, ())
    assert _promotions(store, bank) == [("refused", reason), ("added", None)]
    assert _promotions(store, golden) == [("added", None), ("withdrawn", NOT_APPROVED)]


def _promotions(store: Store, candidate_id: str) -> list[tuple[str, str | None]]:
    with store.transaction() as connection:
        return connection.execute(
            "SELECT outcome, reason FROM promotions WHERE candidate_id = ? ORDER BY seq",
            [candidate_id],
        ).fetchall()


def test_without_consent_nothing_is_promoted(settings: Settings, store: Store) -> None:
    """Not even by a reviewer; and when consent goes, the example goes."""
    one = approve(store, "bank", "What was revenue?")
    with store.transaction() as connection:
        connection.execute("UPDATE interactions SET consent = FALSE")
    assert [reason for _, reason in run_promote(settings).refused] == [NO_CONSENT]
    with store.transaction() as connection:
        connection.execute("UPDATE interactions SET consent = TRUE")
    assert run_promote(settings).added["bank"] == 1
    with store.transaction() as connection:
        connection.execute("DELETE FROM interactions")
    assert run_promote(settings).withdrawn["bank"] == 1
    assert one not in [example.id for example in read_bank(settings)]


def test_two_promotes_at_once_are_one(settings: Settings, store: Store) -> None:
    """Four of them start together: each example is added once, one release is published."""
    for number in range(5):
        approve(store, "golden", f"Question {number}?")
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: run_promote(settings), range(4)))
    assert sum(report.published for report in reports) == 1
    assert sum(report.added["golden"] for report in reports) == 5
    assert len({report.release for report in reports}) == 1
    assert _rows(store) == (5, 1)


def test_a_release_that_was_deleted_is_written_again(settings: Settings, store: Store) -> None:
    """The store has its content; the same content has the same id."""
    import shutil

    approve(store, "bank", "What was revenue?")
    first = run_promote(settings)
    shutil.rmtree(settings.releases_path)
    second = run_promote(settings)
    assert (second.release, second.published) == (first.release, False)
    assert open_bank(settings).release == first.release
    assert _rows(store) == (1, 1)


def test_a_damaged_pointer_is_written_again(settings: Settings, store: Store) -> None:
    """The newest row says which release is current."""
    approve(store, "bank", "What was revenue?")
    report = run_promote(settings)
    (settings.releases_path / "current").write_text("damaged")
    with pytest.raises(ReleaseError, match="current"):
        open_bank(settings)
    run_promote(settings)
    assert open_bank(settings).release == report.release


def test_content_that_returns_is_current_again(settings: Settings, store: Store) -> None:
    """Back to what an older release held: its folder serves again, the history says when."""
    approve(store, "bank", "What was revenue?")
    first = run_promote(settings).release
    two = approve(store, "bank", "What was the margin?")
    second = run_promote(settings).release
    decide(store, two, "reject")
    third = run_promote(settings)
    assert (third.release, third.published) == (first, True)
    assert [row.release_id for row in list_releases(settings)] == [first, second, first]
    assert [row.current for row in list_releases(settings)] == [True, False, False]


def test_text_never_stands_in_a_release_error(settings: Settings, store: Store) -> None:
    """A home that cannot be written is one line with a path."""
    approve(store, "golden", "A secret question?")
    settings.home.mkdir(exist_ok=True)
    Path(settings.releases_path).write_text("a file where the folder should be")
    with pytest.raises(ReleaseError) as caught:
        run_promote(settings)
    assert "secret" not in str(caught.value)
