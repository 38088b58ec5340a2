"""Golden cases that must never fail: by themselves, in every repeat, whatever the averages say."""

import pytest

from flywheel.compare import Comparison, PairedCase, Rules, compare
from flywheel.critical import check_critical, hold_critical
from flywheel.quality import ScoredAnswer, decide_quality, failed_scores, is_right, score_answer
from flywheel.scorers import Case, case_of
from flywheel.scorers.judge import judged, not_judged
from schemas.evaluation import CaseScore, CriticalCase, GateVerdict, Judgement, Side
from schemas.example import Example
from tests.golden import make_example

RIGHT, WRONG = "Revenue was $1000.5 million.", "Revenue was $999 million."
NOT_RUN = not_judged("no judge")


def _answer(
    example: Example, output: str | None, side: Side = "candidate", repeat: int = 0
) -> ScoredAnswer:
    case = case_of(example)
    if output is None:
        scores = failed_scores("HTTP 500", judge_runs=False)
        return ScoredAnswer(case.case_id, side, repeat, None, None, scores, None, "HTTP 500")
    scores = score_answer(case, output, NOT_RUN)
    quality, reason = decide_quality(case, scores)
    return ScoredAnswer(case.case_id, side, repeat, output, None, scores, quality, reason)


def _check(
    *outputs: str | None, baseline: str | None = RIGHT, critical: bool = True
) -> tuple[CriticalCase, ...]:
    example = make_example(0, critical=critical)
    answers = [_answer(example, output, repeat=i) for i, output in enumerate(outputs)]
    answers.append(_answer(example, baseline, "baseline"))
    return check_critical([example], answers, {example.case_id: case_of(example)}, 4)


def _comparison(verdict: GateVerdict = GateVerdict.PASS) -> Comparison:
    return Comparison(verdict, "quality +0.0%", None, (), ())


@pytest.mark.parametrize(
    ("outputs", "status"),
    [
        ([RIGHT], "passed"),
        ([WRONG], "failed"),
        ([RIGHT, RIGHT, WRONG], "failed"),
        ([RIGHT, None], "unanswered"),
        ([None, WRONG], "failed"),
        ([None], "unanswered"),
        ([], "unanswered"),
    ],
)
def test_every_repeat_has_to_be_right(outputs: list[str | None], status: str) -> None:
    """One wrong answer fails the case; one that is missing is neither right nor wrong."""
    (found,) = _check(*outputs)
    assert found.status == status
    assert found.output == {"passed": RIGHT, "failed": WRONG, "unanswered": None}[status]
    assert found.baseline_status == "passed"


@pytest.mark.parametrize(
    ("baseline", "status"), [(RIGHT, "passed"), (WRONG, "failed"), (None, "unanswered")]
)
def test_what_the_baseline_did_is_told_and_excuses_nothing(
    baseline: str | None, status: str
) -> None:
    """Else a case that slipped through once would be free to fail from then on."""
    (found,) = _check(WRONG, baseline=baseline)
    assert found.baseline_status == status
    assert hold_critical(_comparison(), [found]).verdict is GateVerdict.REGRESSION


def test_only_marked_cases_are_critical() -> None:
    """All others are the averages' business."""
    assert _check(WRONG, critical=False) == ()


@pytest.mark.parametrize("verdict", list(GateVerdict))
def test_a_failed_one_is_a_regression_whatever_else_was_found(verdict: GateVerdict) -> None:
    """A thousand better answers, too few cases, too many errors: none of it weighs against it."""
    held = hold_critical(_comparison(verdict), _check(WRONG))
    assert held.verdict is GateVerdict.REGRESSION
    assert held.reason == "critical case case-golden-0000 failed; quality +0.0%"


def test_an_average_alone_would_have_let_it_pass() -> None:
    """One lost case among a thousand is within any margin."""
    pairs = [PairedCase(f"c{i}", f"c{i}", 1.0, 0.0 if i == 7 else 1.0) for i in range(1000)]
    comparison = compare(pairs, 0, Rules())
    assert comparison.verdict is GateVerdict.PASS
    assert hold_critical(comparison, _check(WRONG)).verdict is GateVerdict.REGRESSION


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (GateVerdict.PASS, GateVerdict.INCONCLUSIVE),
        (GateVerdict.INCONCLUSIVE, GateVerdict.INCONCLUSIVE),
        (GateVerdict.REGRESSION, GateVerdict.REGRESSION),
    ],
)
def test_one_without_an_answer_lets_nothing_pass(before: GateVerdict, after: GateVerdict) -> None:
    """It does not make a regression of what is none, nor hide one."""
    held = hold_critical(_comparison(before), _check(None))
    assert held.verdict is after
    assert ("got no answer" in held.reason) == (before is GateVerdict.PASS)


def test_what_is_right_changes_nothing() -> None:
    """Neither does having no critical case at all."""
    for critical in (_check(RIGHT), ()):
        assert hold_critical(_comparison(), critical) == _comparison()


def test_the_failed_stand_first_and_the_sentence_names_three() -> None:
    """A report of many stays readable; a failure is never behind what is only missing."""
    examples = [make_example(n, critical=True) for n in range(8)]
    outputs = [None, "no number", RIGHT.replace("1000", "1002"), *["wrong: $1 million"] * 5]
    answers = [_answer(e, text) for e, text in zip(examples, outputs, strict=True)]
    found = check_critical(examples, answers, {e.case_id: case_of(e) for e in examples}, 4)
    assert [one.status for one in found] == ["failed"] * 6 + ["unanswered", "passed"]
    reason = hold_critical(_comparison(), found).reason
    assert reason.startswith("critical cases case-golden-0001, case-golden-0003, case-golden-0004")
    assert "and 3 more failed" in reason


def _graded(accuracy: int) -> tuple[CaseScore, ...]:
    grades = {"accuracy": accuracy, "tone": 3, "formatting": 3}
    reasons = {f"{name}_reason": "r" for name in grades}
    return judged(Judgement.model_validate(grades | reasons), "m@1")


@pytest.mark.parametrize(
    ("ideal", "answer", "judge", "right"),
    [
        ("$5 million", "5 million", NOT_RUN, True),
        ("$5 million", "6 million", _graded(5), False),
        ("The report does not say.", "It was $5 million.", _graded(5), False),
        ("Demand fell.", "It was demand.", NOT_RUN, False),
        ("Demand fell.", "It was demand.", _graded(4), True),
        ("Demand fell.", "It was demand.", _graded(3), False),
        ("Demand fell.", "Demand fell.", not_judged("x", error=True), None),
    ],
)
def test_the_deciding_scorer_says_what_is_right(
    ideal: str, answer: str, judge: tuple[CaseScore, ...], right: bool | None
) -> None:
    """By its own scale: a judge's grade will do from 4, a number is right or wrong."""
    case = Case("c", "Why?", ideal)
    assert is_right(case, score_answer(case, answer, judge), 4) is right
