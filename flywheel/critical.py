"""Golden cases that must never fail: one wrong answer to one of them is a regression; pure.

An average cannot speak for them: a case among a thousand moves it by a thousandth. So each is held
to by itself, without a margin, in every repeat, and whatever the baseline did: who wants to let one
go takes its mark away, and that is a decision with a name to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flywheel.compare import Comparison
from flywheel.quality import ScoredAnswer, is_right
from flywheel.scorers import Case
from schemas.evaluation import CriticalCase, CriticalStatus, GateVerdict, Side
from schemas.example import Example

_NAMED = 3
"""Cases that the verdict's sentence names; the report has them all."""


def check_critical(
    examples: Iterable[Example],
    answers: Iterable[ScoredAnswer],
    cases: Mapping[str, Case],
    least_grade: int,
) -> tuple[CriticalCase, ...]:
    """What became of each critical case, the failed first; see `quality.is_right`."""
    given: dict[tuple[Side, str], list[ScoredAnswer]] = defaultdict(list)
    for answer in answers:
        given[answer.side, answer.case_id].append(answer)
    found = [
        _check(cases[example.case_id], given, least_grade)
        for example in examples
        if example.critical
    ]
    order: tuple[CriticalStatus, ...] = ("failed", "unanswered", "passed")
    return tuple(sorted(found, key=lambda one: (order.index(one.status), one.case_id)))


def hold_critical(comparison: Comparison, critical: Sequence[CriticalCase]) -> Comparison:
    """The comparison with the verdict that the critical cases leave standing.

    A failed one is a regression, however few the cases and whatever the averages say. One without
    an answer lets nothing pass.
    """
    failed = [one.case_id for one in critical if one.status == "failed"]
    if failed:
        reason = f"{_these(failed)} failed; {comparison.reason}"
        return replace(comparison, verdict=GateVerdict.REGRESSION, reason=reason)
    missing = [one.case_id for one in critical if one.status == "unanswered"]
    if missing and comparison.verdict is GateVerdict.PASS:
        reason = f"{_these(missing)} got no answer; {comparison.reason}"
        return replace(comparison, verdict=GateVerdict.INCONCLUSIVE, reason=reason)
    return comparison


def _check(
    case: Case, given: Mapping[tuple[Side, str], Sequence[ScoredAnswer]], least_grade: int
) -> CriticalCase:
    candidate = given.get(("candidate", case.case_id), ())
    baseline = given.get(("baseline", case.case_id), ())
    status = _status(case, candidate, least_grade)
    shown = next((a for a in candidate if _status(case, [a], least_grade) == status), None)
    return CriticalCase(
        case_id=case.case_id,
        question=case.question,
        ideal=case.ideal,
        output=shown.output if shown else None,
        status=status,
        baseline_status=_status(case, baseline, least_grade),
        reason=shown.reason if shown else "there is no answer",
    )


def _status(case: Case, answers: Sequence[ScoredAnswer], least_grade: int) -> CriticalStatus:
    """One wrong answer of several fails the case; without one, each must have been scored."""
    right = [is_right(case, answer.scores, least_grade) for answer in answers]
    if False in right:
        return "failed"
    return "unanswered" if None in right or not right else "passed"


def _these(case_ids: Sequence[str]) -> str:
    named = ", ".join(case_ids[:_NAMED])
    more = f" and {len(case_ids) - _NAMED} more" if len(case_ids) > _NAMED else ""
    return f"critical case{'s' if len(case_ids) > 1 else ''} {named}{more}"
