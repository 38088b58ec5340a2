"""Erasing a user leaves no fact and no byte of theirs, and a receipt."""

import json
from pathlib import Path

import pytest

from flywheel.bank import read_golden
from flywheel.promote import ERASED
from flywheel.settings import Settings
from flywheel.steps.erase import erase_user, find_erasable
from flywheel.steps.evaluate import EvaluateOptions, run_evaluate
from flywheel.steps.promote import run_promote
from flywheel.store import Store, connect, open_store
from schemas.evaluation import GateReport
from tests.approve import approve, decide
from tests.facts import add_candidate, add_feedback, add_interaction, count_rows
from tests.golden import write_replay
from tests.streams import EMAIL, bytes_below

JANE, OTTO = "key-of-jane", "key-of-otto"
SECRET = "what only jane has asked"


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings)


def ids(store: Store, table: str) -> list[str]:
    with store.transaction() as connection:
        rows = connection.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()
    return [row[0] for row in rows]


def test_a_user_s_facts_go_and_the_others_stay(settings: Settings, store: Store) -> None:
    """Interactions, all feedback on them, the user's own feedback elsewhere, and scores."""
    add_interaction(store, SECRET, id="i-jane", user=JANE)
    add_interaction(store, id="i-otto", user=OTTO)
    add_feedback(store, "i-jane", "share", id="f-own", user=JANE)
    add_feedback(store, "i-jane", "comment", id="f-on", user=OTTO, comment="quotes jane")
    add_feedback(store, "i-otto", "share", id="f-elsewhere", user=JANE)
    add_feedback(store, "i-otto", "share", id="f-otto", user=OTTO)
    with store.transaction() as connection:
        for id in ("i-jane", "i-otto"):
            connection.execute("INSERT INTO scores VALUES (?, .5, '[]', 'w', 'h', 1, now())", [id])
    expected = find_erasable(settings, JANE)
    report = erase_user(settings, JANE)
    assert (report.interactions, report.feedback, report.scores) == (1, 3, 1)
    assert expected.model_dump().items() <= report.model_dump().items()
    assert ids(store, "interactions") == ["i-otto"] and ids(store, "feedback") == ["f-otto"]
    assert count_rows(store, "scores") == 1


def test_no_byte_stays(settings: Settings, store: Store) -> None:
    """Of many texts, in the file, its log or beside it."""
    with store.turn(), connect(store.path) as connection:
        # Compressed, the text would not be found as it is, and the test could not fail.
        connection.execute("SET GLOBAL force_compression = 'uncompressed'")
        connection.execute(
            "INSERT INTO feedback SELECT 'f-' || range, now(), 'i', 'comment', 'explicit', NULL, "
            "$text || range, NULL, $user, '{}', 'b' FROM range(3000)",
            {"text": SECRET, "user": JANE},
        )
    assert SECRET.encode() in bytes_below(settings.home)
    assert erase_user(settings, JANE).feedback == 3000
    assert SECRET.encode() not in bytes_below(settings.home)


def test_a_receipt_stays(settings: Settings, store: Store) -> None:
    """Who (as a pseudonym), how much, why and when."""
    add_interaction(store, user=JANE)
    report = erase_user(settings, JANE, "request 17")
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT erasure_id, user_key, interactions, feedback, reason FROM erasures"
        ).fetchall()
    assert rows == [(report.erasure_id, JANE, 1, 0, "request 17")]


def test_a_reason_is_scrubbed_like_all_text(settings: Settings, store: Store) -> None:
    """Who types a name or an address into it does not undo the erasure."""
    add_interaction(store, user=JANE)
    erase_user(settings, JANE, f"asked from {EMAIL}")
    with store.transaction() as connection:
        row = connection.execute("SELECT reason FROM erasures").fetchone()
    assert row is not None and row[0].startswith("asked from <EMAIL_ADDRESS_")


def test_erasing_again_finds_nothing_and_leaves_no_receipt(
    settings: Settings, store: Store
) -> None:
    """A run that was killed can be repeated."""
    add_interaction(store, user=JANE)
    erase_user(settings, JANE)
    again = erase_user(settings, JANE)
    assert again.nothing and again.erasure_id is None and again.remaining == ()
    assert count_rows(store, "erasures") == 1


def test_a_candidate_that_never_stood_goes_with_its_decisions(
    settings: Settings, store: Store
) -> None:
    """And what the next run of curate may propose from others' facts is free again."""
    candidate = add_candidate(store, question=SECRET)
    give_to(store, candidate, JANE)
    decide(store, candidate)
    other = add_candidate(store, question="another")
    report = erase_user(settings, JANE)
    assert (report.candidates, report.withdrawn) == (1, ())
    with store.transaction() as connection:
        left = connection.execute("SELECT candidate_id FROM candidates").fetchall()
    assert left == [(other,)] and count_rows(store, "decisions") == 0


def test_an_example_that_stands_is_withdrawn_and_blanked(settings: Settings, store: Store) -> None:
    """Its row tells that it was, promote publishes without it, and the report says what is left."""
    candidate = approve(store, "golden", SECRET, "the answer to jane")
    approve(store, "golden", "another")
    give_to(store, candidate, JANE)
    before = run_promote(settings)
    report = erase_user(settings, JANE)
    assert report.withdrawn == (candidate,)
    assert report.releases == (str(settings.releases_path / str(before.release)),)
    assert any("flywheel promote" in step for step in report.remaining)
    with store.transaction() as connection:
        outcome = connection.execute(
            "SELECT outcome, reason, output FROM promotions WHERE candidate_id = ? ORDER BY seq",
            [candidate],
        ).fetchall()
        row = connection.execute(
            "SELECT messages, context, output, proposed_output FROM candidates "
            "WHERE candidate_id = ?", [candidate],
        ).fetchone()  # fmt: skip
    assert outcome == [("added", None, None), ("withdrawn", ERASED, None)]
    assert row is not None and row[1:] == ("[]", None, None)
    assert json.loads(row[0]) == [{"role": "user", "content": "[erased]"}]
    after = run_promote(settings)
    assert after.published and after.release != before.release
    assert SECRET.encode() not in bytes_below(settings.releases_path / str(after.release))


def test_an_ideal_output_that_the_user_wrote_goes_with_its_candidate(
    settings: Settings, store: Store
) -> None:
    """The question is another's, the words of the answer are theirs."""
    candidate = add_candidate(store, proposed_output="as jane would have it")
    with store.transaction() as connection:
        row = connection.execute("SELECT interaction_id FROM candidates").fetchone()
    assert row is not None
    add_feedback(store, row[0], "correction", user=JANE, correction="as jane would have it")
    decide(store, candidate)
    run_promote(settings)
    report = erase_user(settings, JANE)
    assert report.withdrawn == (candidate,) and report.interactions == 0
    assert count_rows(store, "candidates") == count_rows(store, "current_examples") == 0
    assert run_promote(settings).added == {"golden": 0, "bank": 0}


@pytest.mark.parametrize("decided", [False, True])
def test_a_correction_of_another_answer_of_the_case_is_found(
    settings: Settings, store: Store, decided: bool
) -> None:
    """Whether it was proposed as the ideal output, or a reviewer took it over."""
    words = "as jane would have it"
    candidate = add_candidate(store, proposed_output=None if decided else words)
    variant = add_interaction(store, output="another answer", context=None)
    add_feedback(store, variant, "correction", user=JANE, correction=words)
    if decided:
        decide(store, candidate, "edit", output=words)
    assert erase_user(settings, JANE).candidates == 1
    assert count_rows(store, "candidates") == count_rows(store, "decisions") == 0


def test_releases_that_held_an_example_before_are_named(settings: Settings, store: Store) -> None:
    """It was withdrawn long ago, and the older folder still holds its text."""
    candidate = approve(store, "golden", SECRET)
    approve(store, "golden", "another")
    give_to(store, candidate, JANE)
    before = run_promote(settings)
    decide(store, candidate, "reject")
    run_promote(settings)
    report = erase_user(settings, JANE)
    assert report.withdrawn == ()
    assert report.releases == (str(settings.releases_path / str(before.release)),)


def test_no_report_of_an_evaluation_quotes_the_case(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """Neither the row nor page, JSON and JUnit; what other cases lost is still told."""
    for number in range(12):
        candidate = approve(store, "golden", SECRET if not number else f"Question {number}?")
        if not number:
            give_to(store, candidate, JANE)
    run_promote(settings)
    golden = read_golden(settings)
    replay = write_replay(tmp_path / "wrong.jsonl", {e.case_id: "$7" for e in golden})
    evaluation = run_evaluate(settings, EvaluateOptions("earnings_qa", replay))
    assert SECRET.encode() in bytes_below(settings.home / "reports")
    report = erase_user(settings, JANE)
    assert report.reports == (evaluation.evaluation_id,)
    assert any("copies of evaluation reports" in step for step in report.remaining)
    with store.transaction() as connection:
        row = connection.execute("SELECT report FROM evaluations").fetchone()
    kept = GateReport.model_validate_json(row[0] if row else "")
    assert len(kept.worst) == len(evaluation.worst) - 1 == 11
    assert kept.verdict is evaluation.verdict
    assert SECRET.encode() not in bytes_below(settings.home / "reports")
    assert SECRET not in row[0] if row else False


def test_what_a_judge_wrote_about_the_case_goes_too(settings: Settings, store: Store) -> None:
    """It quotes the answer; judgements of other cases stay."""
    give_to(store, add_candidate(store, question=SECRET), JANE)
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO judgements (judgement_key, case_id, model, prompt_version, result) "
            "SELECT 'a', case_id, 'm', 'p', '{}' FROM candidates "
            "UNION ALL SELECT 'b', 'another', 'm', 'p', '{}'"
        )
    erase_user(settings, JANE)
    with store.transaction() as connection:
        assert connection.execute("SELECT judgement_key FROM judgements").fetchall() == [("b",)]


def test_answers_that_models_gave_to_the_case_go_too(settings: Settings, store: Store) -> None:
    """They are made of the question; other cases' answers stay."""
    candidate = add_candidate(store, question=SECRET)
    give_to(store, candidate, JANE)
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO answers (answer_key, case_id, model, prompt_version, request_sha256, "
            "repeat, output) SELECT 'a', case_id, 'm', 'p', 'r', 0, 'o' FROM candidates "
            "UNION ALL SELECT 'b', 'another', 'm', 'p', 'r', 0, 'o'"
        )
    erase_user(settings, JANE)
    with store.transaction() as connection:
        assert connection.execute("SELECT answer_key FROM answers").fetchall() == [("b",)]


def give_to(store: Store, candidate: str, user: str) -> None:
    """Let the interaction behind a candidate be this user's."""
    with store.transaction() as connection:
        connection.execute(
            "UPDATE interactions SET user_key = $user WHERE id = "
            "(SELECT interaction_id FROM candidates WHERE candidate_id = $candidate)",
            {"user": user, "candidate": candidate},
        )


def test_a_home_without_releases_is_no_obstacle(settings: Settings, tmp_path: Path) -> None:
    """Nothing was ever ingested."""
    assert erase_user(settings, JANE).nothing
