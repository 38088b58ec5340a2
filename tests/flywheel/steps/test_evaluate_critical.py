"""The gate on a real release with critical cases, from the decision's mark to the exit code."""

import json
import subprocess
import sys
from pathlib import Path

from flywheel.settings import Settings
from flywheel.steps.erase import erase_user
from flywheel.steps.evaluate import EvaluateOptions, run_evaluate
from flywheel.steps.promote import run_promote
from flywheel.store import open_store
from schemas.evaluation import GateReport, GateVerdict
from tests.approve import approve
from tests.facts import add_candidate, together
from tests.golden import make_example, publish_examples, write_replay

CASES = 60


def _publish(settings: Settings, critical: frozenset[int], labelled: int = 0) -> dict[str, str]:
    """Golden cases, some of them critical; gives the right answers by case."""
    examples = [
        make_example(n, critical=n in critical, labels=("audited",) if n < labelled else ())
        for n in range(CASES)
    ]
    publish_examples(settings, examples)
    return {example.case_id: example.output for example in examples}


def _evaluate(
    settings: Settings, path: Path, answers: dict[str, str], **options: int
) -> GateReport:
    replay = write_replay(path / "candidate.jsonl", answers)
    return run_evaluate(settings, EvaluateOptions("earnings_qa", replay, **options))  # type: ignore[arg-type]


def test_one_failed_critical_case_stops_a_candidate_that_is_right_everywhere_else(
    settings: Settings, tmp_path: Path
) -> None:
    """And the same answer to a case without the mark does not: with sixty cases it needs more."""
    answers = _publish(settings, frozenset({7}))
    for lost, verdict in (("case-golden-0007", "regression"), ("case-golden-0008", "inconclusive")):
        report = _evaluate(settings, tmp_path, answers | {lost: "Revenue was $1 million."})
        assert report.verdict == verdict
        assert (lost in report.reason) == (verdict == "regression")
        assert [case.case_id for case in report.critical] == ["case-golden-0007"]


def test_a_critical_case_without_an_answer_is_inconclusive(
    settings: Settings, tmp_path: Path
) -> None:
    """One missing answer of sixty is within the share of errors that is allowed."""
    answers = _publish(settings, frozenset({7}))
    del answers["case-golden-0007"]
    report = _evaluate(settings, tmp_path, answers)
    assert (report.verdict, report.critical[0].status) == ("inconclusive", "unanswered")
    assert "case-golden-0007 got no answer" in report.reason


def test_a_sample_never_leaves_a_critical_case_out(settings: Settings, tmp_path: Path) -> None:
    """All are asked, and the comparison stays that of the sample."""
    answers = _publish(settings, frozenset(range(20)))
    report = _evaluate(settings, tmp_path, answers, limit=12)
    assert len(report.critical) == 20
    assert (report.cases, report.paired) == (12, 12)
    (note,) = [note for note in report.notes if "--limit" in note]
    asked = report.answers["candidate"].needed
    assert f", and {asked - 12} critical ones" in note and asked > 12
    assert report.verdict is GateVerdict.PASS


def test_a_label_is_a_slice(settings: Settings, tmp_path: Path) -> None:
    """What reviewers grouped can break as a group."""
    answers = _publish(settings, frozenset(), labelled=20)
    wrong = {f"case-golden-{n:04}": "Revenue was $1 million." for n in range(20)}
    report = _evaluate(settings, tmp_path, answers | wrong)
    assert "label=audited" in report.broken_slices


def test_the_mark_of_a_decision_reaches_the_gate_and_its_exit_code(
    settings: Settings, tmp_path: Path
) -> None:
    """Decided, promoted, published, evaluated: exit 1 names it, though so few are no verdict."""
    store = open_store(settings)
    with together(store) as at_once:
        marked = approve(at_once, "golden", "What was the revenue of 2019?")
        approve(at_once, "golden", "What was the operating income?", "$12 million")
        with at_once.transaction() as connection:
            connection.execute(
                "UPDATE decisions SET critical = TRUE, labels = ['audited'] WHERE candidate_id = ?",
                [marked],
            )
    run_promote(settings)
    replay = tmp_path / "answers.jsonl"
    lines = [{"id": marked, "output": "$58.1 million"}]
    replay.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = ["evaluate", "--prompt", "earnings_qa", "--candidate", f"replay:{replay}", "--gate"]
    done = subprocess.run(
        [sys.executable, "-m", "flywheel", *command, "--home", settings.home, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    assert done.returncode == 1, done.stderr
    [failed] = [case for case in report["critical"] if case["status"] == "failed"]
    assert failed["output"] == "$58.1 million" and failed["case_id"] in report["reason"]


def test_an_erased_critical_case_is_in_no_report(settings: Settings, tmp_path: Path) -> None:
    """Its question and answers go with the rest of what quotes it."""
    store = open_store(settings)
    add_candidate(store, question="What did the board decide?")
    with store.transaction() as connection:
        [(case_id,)] = connection.execute("SELECT case_id FROM candidates").fetchall()
    examples = [make_example(n) for n in range(CASES)]
    examples[0] = make_example(0, case_id=case_id, critical=True)
    publish_examples(settings, examples)
    answers = {example.case_id: example.output for example in examples}
    report = _evaluate(settings, tmp_path, answers | {case_id: "Revenue was $1 million."})
    assert report.critical[0].case_id == case_id
    erase_user(settings, "u-asker")
    page = Path(report.reports["json"]).read_text("utf-8")
    assert json.loads(page)["critical"] == []
