"""Examples from elsewhere go in scrubbed and checked, and come out as they stand."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flywheel.bank import open_bank, read_bank, read_golden
from flywheel.errors import InputError, SourceError
from flywheel.imports import ID_TAKEN, NOT_GOLDEN, OTHER_OUTPUT, OUTPUT_EMPTY
from flywheel.review.form import decision_now
from flywheel.settings import Settings
from flywheel.steps import exchange
from flywheel.steps.decide import record_decision
from flywheel.steps.exchange import ImportReport, export_examples, import_examples
from flywheel.steps.promote import run_promote
from flywheel.steps.release import read_examples
from flywheel.store import Store, open_store
from schemas.candidate import Target
from schemas.decision import Verdict
from tests.approve import approve, decide
from tests.facts import add_candidate, count_rows


@pytest.fixture
def store(settings: Settings) -> Store:
    """The store that the settings name."""
    return open_store(settings)


def line(id: str, question: str, output: str = "$5 million", **more: Any) -> dict[str, Any]:
    """One line of an import."""
    return {
        "id": id,
        "messages": [{"role": "user", "content": question}],
        "output": output,
        **more,
    }


def write(tmp_path: Path, *lines: dict[str, Any] | str) -> Path:
    """A file of lines."""
    path = tmp_path / "examples.jsonl"
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def bring(
    settings: Settings, tmp_path: Path, *lines: dict[str, Any] | str, target: str = "bank"
) -> ImportReport:
    """Import lines as rosa's."""
    return import_examples(settings, Target(target), write(tmp_path, *lines), "rosa")


def test_allowed_words_are_no_reason_to_refuse(settings: Settings, tmp_path: Path) -> None:
    """What the scrubber leaves on purpose, the check after it leaves too."""
    scrub = settings.scrub.model_copy(update={"allow": ("press@acme.example.com",)})
    allowing = settings.model_copy(update={"scrub": scrub})
    report = bring(allowing, tmp_path, line("e-1", "Where do I ask?", "press@acme.example.com"))
    assert (report.added, report.refused) == (1, ())


def _facts(store: Store) -> Sequence[int]:
    tables = ("candidates", "decisions", "promotions", "releases")
    return [count_rows(store, table) for table in tables]


def test_an_import_is_reviewed_promoted_and_published(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """One call from a file to what production reads; the reviewer answers for each line."""
    report = bring(
        settings,
        tmp_path,
        line("x-1", "What was revenue?", feature="qa", tags={"lang": "en"}, tenant="acme"),
        line("x-2", "What was the margin?", "12%", context=[{"id": "p", "text": "12% margin"}]),
    )
    assert (report.read, report.added, report.unchanged, report.refused) == (2, 2, 0, ())
    assert report.promotion.published
    found = open_bank(settings).select("What was revenue?", k=1).examples[0]
    assert (found.id, found.output, found.feature) == ("x-1", "$5 million", "qa")
    assert found.tags == {"lang": "en"}
    with store.transaction() as connection:
        rows = connection.execute(
            "SELECT reviewer, verdict, policy_version, reason_code, interaction_id "
            "FROM candidate_states"
        ).fetchall()
    assert rows == [("rosa", "approve", "import", "imported", None)] * 2
    assert _facts(store) == [2, 2, 2, 1]


def test_the_same_file_twice_changes_nothing(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """No row and no release: an import can be part of a nightly job."""
    lines = [line("x-1", "What was revenue, says John Miller?"), line("x-2", "The margin?")]
    first = bring(settings, tmp_path, *lines)
    before = _facts(store)
    second = bring(settings, tmp_path, *lines)
    assert (second.added, second.unchanged, second.refused) == (0, 2, ())
    assert second.promotion.release == first.promotion.release
    assert not second.promotion.published
    assert _facts(store) == before


def test_personal_data_never_lands(settings: Settings, tmp_path: Path) -> None:
    """Not from a message, an answer, a document or a tag: in no byte under the home."""
    bring(
        settings,
        tmp_path,
        line(
            "x-1",
            "I am anna.kowalska@example.com, what was revenue?",
            "Write to anna.kowalska@example.com: $5 million",
            context=[{"id": "p", "text": "Contact: anna.kowalska@example.com"}],
            tags={"from": "anna.kowalska@example.com"},
        ),
        target="golden",
    )
    (case,) = read_golden(settings)
    assert "<EMAIL_ADDRESS_" in case.messages[0].text
    assert "<EMAIL_ADDRESS_" in case.output
    for path in settings.home.rglob("*"):
        if path.is_file():
            assert b"kowalska" not in path.read_bytes(), path


def test_bad_lines_are_refused_by_number_and_the_rest_goes_in(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """Blank lines count as lines and as nothing else."""
    run_promote_with(settings, store, "What was revenue in 2019?")
    report = bring(
        settings,
        tmp_path,
        line("x-1", "A good one?"),
        "",
        "{broken",
        line("x-2", "Empty?", "  "),
        line("x-1", "Same id, other question?"),
        line("x-3", "A good one?", "another answer"),
        line("x-4", "what was  REVENUE in 2019?"),
        line("bob@example.com", "Personal id?"),
        line("x-5", "Personal feature?", feature="bob@example.com"),
        line("x-6", "Also good?"),
    )
    assert (report.read, report.added, report.unchanged) == (9, 4, 0)
    reasons = {refusal.line: refusal.reason for refusal in report.refused}
    assert list(reasons) == [3, 4, 5, 6, 7]
    assert (reasons[4], reasons[5], reasons[6]) == (OUTPUT_EMPTY, ID_TAKEN, OTHER_OUTPUT)
    assert "golden set" in reasons[7]
    ids = sorted([example.id for example in read_bank(settings)])
    assert ids[1:] == ["x-1", "x-5", "x-6"]
    assert ids[0].startswith("id-"), "an id that is an address is kept as a pseudonym"


def run_promote_with(settings: Settings, store: Store, question: str) -> None:
    """A golden case that stands."""
    approve(store, "golden", question)
    run_promote(settings)


def test_a_file_for_one_side_does_not_go_in_on_the_other(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """Imported as golden by day, as bank by mistake: refused before anything is recorded."""
    one = line("x-1", "What was revenue?")
    bring(settings, tmp_path, one, target="golden")
    before = _facts(store)
    report = bring(settings, tmp_path, one, target="bank")
    assert [refusal.line for refusal in report.refused] == [1]
    assert _facts(store) == before


def test_a_case_that_waits_for_review_is_decided_by_the_import(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """One candidate for a case, proposed by curation, decided by who brings the answer."""
    seed = bring(settings, tmp_path, line("seed", "What was EBITDA?", "$1 million"))
    assert seed.added == 1
    with store.transaction() as connection:
        row = connection.execute("SELECT case_id FROM candidates").fetchone()
        connection.execute("DELETE FROM candidates")
        connection.execute("DELETE FROM decisions")
        connection.execute("DELETE FROM promotions")
    assert row is not None
    waiting = add_candidate(store, "bank", question="What was EBITDA?", case_id=row[0])
    report = bring(settings, tmp_path, line("x-1", "What was EBITDA?", "$1 million"))
    assert report.added == 1
    assert [example.id for example in read_bank(settings)] == [waiting]
    assert open_bank(settings).select("EBITDA?").examples[0].output == "$1 million"
    assert bring(settings, tmp_path, line("x-1", "What was EBITDA?", "$1 million")).unchanged == 1


def test_a_rejection_after_the_import_wins(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """Importing the file again does not bring back what a reviewer took out."""
    one = line("x-1", "What was revenue?")
    bring(settings, tmp_path, one)
    with store.transaction() as connection:
        row = connection.execute("SELECT candidate_id FROM candidates").fetchone()
    assert row is not None
    from datetime import UTC, datetime

    decide(store, row[0], "reject", time=datetime.now(UTC))
    report = bring(settings, tmp_path, one)
    assert (report.unchanged, report.promotion.withdrawn["bank"]) == (1, 1)
    assert [example.id for example in read_bank(settings)] == []


def test_many_lines_go_in_batch_by_batch(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each batch commits; lines of one case in two batches are one case; progress ends at all."""
    monkeypatch.setattr(exchange, "_BATCH_LINES", 4)
    lines = [line(f"x-{i}", f"What was revenue in {1990 + i % 8}?") for i in range(10)]
    path = write(tmp_path, *lines)
    heard: list[tuple[int, int | None]] = []
    report = import_examples(
        settings, Target.GOLDEN, path, "rosa", lambda done, total: heard.append((done, total))
    )
    assert (report.read, report.added, report.unchanged) == (10, 8, 2)
    assert len(heard) == 3
    assert heard[-1] == (path.stat().st_size, path.stat().st_size)
    assert count_rows(store, "releases") == 1


def test_a_gzip_goes_in_and_a_broken_one_says_so(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """What stood before the damage is in; the error is one line."""
    whole = "".join(json.dumps(line(f"x-{i}", f"Question {i}?")) + "\n" for i in range(3))
    path = tmp_path / "examples.jsonl.gz"
    path.write_bytes(gzip.compress(whole.encode()))
    assert import_examples(settings, Target.BANK, path, "rosa").added == 3
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(SourceError, match="gzip"):
        import_examples(settings, Target.BANK, path, "rosa")


def test_a_missing_file_or_reviewer_is_a_users_error(settings: Settings, tmp_path: Path) -> None:
    """One line each, nothing written."""
    with pytest.raises(SourceError, match="nowhere"):
        import_examples(settings, Target.BANK, tmp_path / "nowhere.jsonl", "rosa")
    with pytest.raises(InputError, match="reviewer"):
        import_examples(settings, Target.BANK, write(tmp_path, ""), "  ")


def test_an_export_has_what_stands(settings: Settings, store: Store, tmp_path: Path) -> None:
    """The keys that the format names; rejected and withdrawn examples are not in it."""
    golden = approve(store, "golden", "What was revenue?")
    gone = approve(store, "golden", "What was wrong?")
    approve(store, "bank", "What was the margin?")
    run_promote(settings)
    decide(store, gone, "reject")
    run_promote(settings)
    path = tmp_path / "deep" / "golden.jsonl"
    assert export_examples(settings, Target.GOLDEN, path) == 1
    (found,) = [json.loads(text) for text in path.read_text("utf-8").splitlines()]
    assert list(found) == [
        "id",
        "case_id",
        "messages",
        "context",
        "output",
        "feature",
        "tenant",
        "tags",
        "reviewer",
        "decided_at",
        "critical",
        "labels",
    ]
    assert (found["id"], found["reviewer"]) == (golden, "rosa")


def test_an_export_goes_into_another_home(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Export, import, export: the same examples, but for who decided and when."""
    one = line("x-1", "What was revenue?", feature="qa", tenant="acme", tags={"lang": "en"})
    bring(settings, tmp_path, one)
    exported = tmp_path / "bank.jsonl"
    export_examples(settings, Target.BANK, exported)
    elsewhere = settings.model_copy(update={"home": tmp_path / "elsewhere"})
    import_examples(elsewhere, Target.BANK, exported, "sam")
    again = tmp_path / "again.jsonl"
    export_examples(elsewhere, Target.BANK, again)
    before, after = json.loads(exported.read_text()), json.loads(again.read_text())
    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"case_id", "reviewer", "decided_at"}


def test_a_reviewers_marks_go_through_an_export_and_back(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """Critical and labels, as decided here, stand in another home: its gate holds the case too."""
    marked = add_candidate(store, "golden", question="What was revenue?", proposed_output="$5")
    approval = {"candidate_id": marked, "verdict": Verdict.APPROVE, "reviewer": "rosa"}
    marks: dict[str, Any] = {"critical": True, "labels": ("quarterly", "GAAP")}
    record_decision(settings, decision_now(approval | marks))
    approve(store, "golden", "What was the margin?")
    run_promote(settings)
    exported, again = tmp_path / "golden.jsonl", tmp_path / "again.jsonl"
    export_examples(settings, Target.GOLDEN, exported)
    elsewhere = settings.model_copy(update={"home": tmp_path / "elsewhere"})
    assert import_examples(elsewhere, Target.GOLDEN, exported, "sam").added == 2
    export_examples(elsewhere, Target.GOLDEN, again)
    before, after = (
        {
            one["id"]: (one["critical"], one["labels"])
            for one in map(json.loads, path.read_text().splitlines())
        }
        for path in (exported, again)
    )
    assert before[marked] == (True, ["quarterly", "GAAP"])
    assert after == before
    assert sorted(one.critical for one in read_golden(elsewhere)) == [False, True]


def test_a_case_that_waits_gets_the_lines_marks(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    """The line is its decision, so the marks are, too."""
    bring(settings, tmp_path, line("seed", "What was EBITDA?"), target="golden")
    with store.transaction() as connection:
        connection.execute("DELETE FROM promotions")
        connection.execute("DELETE FROM decisions")
    one = line("x-1", "What was EBITDA?", critical=True, labels=["quarterly"])
    assert bring(settings, tmp_path, one, target="golden").added == 1
    (case,) = read_golden(settings)
    assert (case.id, case.critical, case.labels) == ("seed", True, ("quarterly",))


def test_marks_that_may_not_be_are_refused_by_line(settings: Settings, tmp_path: Path) -> None:
    """Nothing of the bank is critical, and a label names nobody."""
    report = bring(
        settings,
        tmp_path,
        line("x-1", "What was revenue?", critical=True),
        line("x-2", "What does John Miller ask of margins?", labels=["John Miller"]),
        line("x-3", "What was the margin?", labels=["<b>"]),
        line("x-4", "What was EBITDA?", labels=["quarterly"]),
    )
    reasons = {refusal.line: refusal.reason for refusal in report.refused}
    assert (report.added, list(reasons)) == (1, [1, 2, 3])
    assert reasons[1] == NOT_GOLDEN
    assert reasons[2] == "labels: one of them is personal data"
    assert reasons[3].startswith("labels.0: ")
    (kept,) = read_examples(open_store(settings), Target.BANK)
    assert (kept.id, kept.labels) == ("x-4", ("quarterly",))


def test_an_export_to_standard_output_is_lines_alone(
    settings: Settings, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that it can be piped."""
    approve(store, "bank", "What was the margin?")
    run_promote(settings)
    assert export_examples(settings, Target.BANK, None) == 1
    assert json.loads(capsys.readouterr().out)["output"] == "$85.1 million"


def test_an_export_that_cannot_be_written_says_so(settings: Settings, tmp_path: Path) -> None:
    """The path and the kind of error."""
    with pytest.raises(InputError, match="cannot be written"):
        export_examples(settings, Target.BANK, tmp_path)


def test_an_export_writes_surrogates_where_the_policy_says_so(
    settings: Settings, tmp_path: Path
) -> None:
    """Invented people in the file, placeholders in the store; imported again they are scrubbed."""
    text = settings.scrub.policy.read_text("utf-8")
    policy = tmp_path / "policy.toml"
    policy.write_text(text.replace("# CREDIT_CARD", 'PERSON = "surrogate"\n# CREDIT_CARD'), "utf-8")
    scrub = settings.scrub.model_copy(update={"policy": policy})
    inventing = settings.model_copy(update={"scrub": scrub})
    told = "My name is Nora Kellerman, nora@example.com. Revenue?"
    bring(inventing, tmp_path, line("e-1", told, "Nora Kellerman asked: $5 million"))
    path = tmp_path / "out.jsonl"
    export_examples(inventing, Target.BANK, path)
    (written,) = [json.loads(one) for one in path.read_text("utf-8").splitlines()]
    invented = written["output"].removesuffix(" asked: $5 million")
    assert invented not in ("Nora Kellerman", "") and "<" not in invented
    assert invented in written["messages"][0]["content"]
    assert "<EMAIL_ADDRESS_" in written["messages"][0]["content"]
    export_examples(settings, Target.BANK, path)
    assert "<PERSON_" in path.read_text("utf-8")
