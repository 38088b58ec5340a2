"""From scores to a case's quality, to pairs and summaries."""

import pytest

from flywheel.quality import (
    ScoredAnswer,
    cluster_of,
    decide_quality,
    error_share,
    failed_scores,
    find_worst,
    pair_cases,
    repeat_variance,
    score_answer,
    slices_of,
    summarise_scorers,
)
from flywheel.scorers import Case
from flywheel.scorers.judge import judged, not_judged
from schemas.evaluation import CaseScore, Judgement, Side
from schemas.event import ContextDocument
from tests.golden import make_example

NOT_RUN = not_judged("no judge")


def _graded(accuracy: int) -> tuple[CaseScore, ...]:
    return judged(
        Judgement(
            accuracy_reason="r",
            accuracy=accuracy,
            tone_reason="r",
            tone=3,
            formatting_reason="r",
            formatting=3,
        ),
        "m@1",
    )


def _decide(
    ideal: str, answer: str, judge: tuple[CaseScore, ...] = NOT_RUN
) -> tuple[float | None, str]:
    case = Case("c", "Why?", ideal)
    return decide_quality(case, score_answer(case, answer, judge))


@pytest.mark.parametrize(
    ("ideal", "answer", "judge", "quality", "decider"),
    [
        ("$5 million", "5 million", NOT_RUN, 1.0, "numeric"),
        ("$5 million", "5 million", _graded(1), 1.0, "numeric"),
        ("The report does not say.", "I cannot say.", NOT_RUN, 1.0, "refusal"),
        ("Demand fell.", "demand fell", NOT_RUN, 1.0, "exact"),
        ("Demand fell.", "It was demand.", NOT_RUN, 0.0, "exact"),
        ("Demand fell.", "It was demand.", _graded(4), 0.75, "judge"),
        ("Demand fell.", "It was demand.", not_judged("x", error=True), None, "judge"),
    ],
)
def test_one_scorer_decides(
    ideal: str, answer: str, judge: tuple[CaseScore, ...], quality: float | None, decider: str
) -> None:
    """Refusal, numeric, the judge where it runs, exact: in this order, by the ideal answer."""
    value, reason = _decide(ideal, answer, judge)
    assert value == quality and reason.startswith(decider)


def _answer(
    case_id: str, side: Side, quality: float | None, repeat: int = 0, output: str | None = "x"
) -> ScoredAnswer:
    scores = failed_scores("time-out", False) if quality is None else ()
    return ScoredAnswer(case_id, side, repeat, output, None, scores, quality, "because")


def test_repeats_are_averaged_and_one_sided_cases_left_out() -> None:
    """A pair needs an answer on both sides; an error in one repeat leaves the others."""
    answers = [
        _answer("a", "candidate", 1.0, 0),
        _answer("a", "candidate", 0.0, 1),
        _answer("a", "candidate", None, 2),
        _answer("a", "baseline", 1.0),
        _answer("b", "candidate", None),
        _answer("b", "baseline", 1.0),
    ]
    (pair,) = pair_cases(answers, [make_example(1, case_id="a"), make_example(2, case_id="b")])
    assert (pair.case_id, pair.candidate, pair.baseline) == ("a", 0.5, 1.0)
    assert pair.slices == slices_of(make_example(1))
    assert repeat_variance(answers, "candidate") == 0.25
    assert repeat_variance(answers, "baseline") is None


def test_errors_are_counted_on_the_side_that_has_more() -> None:
    """Three of a hundred stay three in a hundred beside a baseline that cannot fail."""
    answers = [_answer(str(i), "candidate", None if i < 3 else 1.0) for i in range(100)]
    answers += [_answer(str(i), "baseline", 1.0) for i in range(100)]
    assert error_share(answers) == pytest.approx(0.03)
    assert error_share([]) == 0


def test_cases_on_the_same_documents_are_one_cluster() -> None:
    """Whatever their ids and order; a case without documents is on its own."""
    page, note = (ContextDocument(id=text, text=text) for text in ("a page", "a note"))
    again = page.model_copy(update={"id": "another id", "text": "A  page"})
    first = make_example(1, context=(page, note))
    assert cluster_of(first) == cluster_of(make_example(2, context=(note, again)))
    assert cluster_of(first) != cluster_of(make_example(3, context=(page,)))
    alone = [cluster_of(make_example(number, context=())) for number in (4, 5)]
    assert len(set(alone)) == 2


def test_slices_are_feature_tenant_and_tags() -> None:
    """A derivation and long values are no slices."""
    example = make_example(1, tags={"region": "EU", "derivation": "1+1", "long": "x" * 61})
    assert slices_of(example) == ("feature=report_qa", "tenant=acme", "region=EU")


def test_an_answer_that_never_came_has_errors_and_no_values() -> None:
    """In every scorer; a judge that does not run stays not run."""
    assert all(score.value is None for score in failed_scores("time-out", True))
    assert {s.status for s in failed_scores("time-out", True)} == {"error"}
    assert {s.status for s in failed_scores("time-out", False)} == {"error", "not_run"}


def test_a_summary_says_what_ran() -> None:
    """Means by side, errors counted, what was not run as not run."""
    case = Case("c", "Why?", "$5")
    answers = [
        ScoredAnswer("c", "baseline", 0, "$5", None, score_answer(case, "$5", NOT_RUN), 1.0, ""),
        ScoredAnswer("c", "candidate", 0, "$6", None, score_answer(case, "$6", NOT_RUN), 0.0, ""),
        _answer("d", "candidate", None),
    ]
    rows = {row.scorer: row for row in summarise_scorers(answers)}
    assert (rows["numeric"].baseline, rows["numeric"].candidate) == (1, 0)
    assert (rows["numeric"].errors, rows["numeric"].answers) == (1, 2)
    assert (rows["judge.tone"].status, rows["judge.tone"].errors) == ("not_run", 0)


def test_the_worst_cases_come_first_with_both_answers() -> None:
    """And the worst repeat of each."""
    answers = [
        _answer("a", "candidate", 0.5, output="half"),
        _answer("a", "baseline", 1.0, output="whole"),
        _answer("b", "candidate", 1.0, 0, output="right"),
        _answer("b", "candidate", 0.0, 1, output="wrong"),
        _answer("b", "baseline", 1.0),
        _answer("c", "candidate", 0.0, output="lost"),
        _answer("c", "baseline", 1.0),
        _answer("d", "candidate", 1.0),
        _answer("d", "baseline", 0.0),
    ]
    cases = {name: Case(name, "Why?", "ideal") for name in "abcd"}
    pairs = pair_cases(answers, [make_example(i, case_id=c) for i, c in enumerate("abcd")])
    worst = find_worst(pairs, answers, cases)
    assert [(w.case_id, w.candidate_output) for w in worst] == [
        ("c", "lost"),
        ("a", "half"),
        ("b", "wrong"),
    ]
