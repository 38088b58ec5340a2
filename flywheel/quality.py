"""From scores to one quality a case, pairs, slices and summaries; pure.

A case's quality is decided by one scorer: `refusal` where the ideal answer refuses, `numeric`
where it gives numbers, else the judge's accuracy (1 to 5 as 0 to 1) where the judge runs, else
`exact`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance
from typing import Final

from flywheel.compare import PairedCase
from flywheel.dedupe import normalise
from flywheel.promote import question_key
from flywheel.scorers import SCORERS, Case
from flywheel.scorers.refusal import refuses
from schemas.evaluation import CaseScore, ScorerSummary, ScoreStatus, Side, WorstCase
from schemas.example import Example

_NOT_SLICES: Final = frozenset({"derivation"})
_LONGEST_VALUE: Final = 60
_WORST: Final = 20
_GRADE: Final = "judge.accuracy"


@dataclass(frozen=True)
class ScoredAnswer:
    """One answer (or the reason why there is none) with all its scores."""

    case_id: str
    side: Side
    repeat: int
    output: str | None
    answer_key: str | None
    scores: tuple[CaseScore, ...]
    quality: float | None
    reason: str


def score_answer(case: Case, answer: str, judge: Sequence[CaseScore]) -> tuple[CaseScore, ...]:
    """Every scorer's word on one answer; the judge's come ready."""
    return (*(scorer.score(case, answer) for scorer in SCORERS), *judge)


def failed_scores(reason: str, judge_runs: bool) -> tuple[CaseScore, ...]:
    """The scores of an answer that never came: errors, never zeros."""
    from flywheel.scorers.judge import not_judged

    scores = [
        CaseScore(scorer=s.name, version=s.version, value=None, status="error", reason=reason)
        for s in SCORERS
    ]
    judge = not_judged(reason, error=True) if judge_runs else not_judged("no judge is configured")
    return (*scores, *judge)


def decide_quality(case: Case, scores: Sequence[CaseScore]) -> tuple[float | None, str]:
    """A case's quality, 0 to 1, and the deciding scorer's reason; none where that one failed."""
    decider = _deciding(case, scores)
    if decider.scorer == _GRADE:
        quality = None if decider.value is None else (decider.value - 1) / 4
        return quality, f"judge: {decider.reason}"
    return decider.value, f"{decider.scorer}: {decider.reason}"


def is_right(case: Case, scores: Sequence[CaseScore], least_grade: int) -> bool | None:
    """Whether an answer is one that a critical case may get; none where nothing decided.

    Where the judge's grade decides, `least_grade` of 5 will do; elsewhere nothing may be wrong.
    """
    decider = _deciding(case, scores)
    if decider.value is None:
        return None
    return decider.value >= (least_grade if decider.scorer == _GRADE else 1)


def _deciding(case: Case, scores: Sequence[CaseScore]) -> CaseScore:
    by_name = {score.scorer: score for score in scores}
    if refuses(case.ideal) and case.ideal.strip():
        return by_name["refusal"]
    if by_name["numeric"].status == "scored":
        return by_name["numeric"]
    grade = by_name[_GRADE]
    return grade if grade.status in ("scored", "error") else by_name["exact"]


def slices_of(example: Example) -> tuple[str, ...]:
    """`key=value` for feature, tenant and each tag, `label=…` for each label of the reviewer."""
    pairs = {"feature": example.feature, "tenant": example.tenant, **example.tags}
    shown = [
        f"{key}={value}"
        for key, value in pairs.items()
        if value and key not in _NOT_SLICES and len(value) <= _LONGEST_VALUE
    ]
    return *shown, *(f"label={label}" for label in example.labels)


def cluster_of(example: Example) -> str:
    """Cases on the same documents fall together; without documents, wordings of one question."""
    texts = sorted(normalise(document.text) for document in example.context)
    if not texts:
        return question_key(example.messages, ())
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def error_share(answers: Iterable[ScoredAnswer]) -> float:
    """The share of answers without a quality, on the side that has more of them."""
    failed: dict[Side, list[bool]] = defaultdict(list)
    for answer in answers:
        failed[answer.side].append(answer.quality is None)
    return max((fmean(side) for side in failed.values()), default=0.0)


def pair_cases(answers: Iterable[ScoredAnswer], examples: Iterable[Example]) -> list[PairedCase]:
    """Cases with a quality on both sides."""
    quality = _by_case(answers)
    sides: tuple[Side, Side] = ("baseline", "candidate")
    return [
        PairedCase(
            case_id=example.case_id,
            cluster=cluster_of(example),
            baseline=fmean(quality["baseline", example.case_id]),
            candidate=fmean(quality["candidate", example.case_id]),
            slices=slices_of(example),
        )
        for example in examples
        if all(quality.get((side, example.case_id)) for side in sides)
    ]


def repeat_variance(answers: Iterable[ScoredAnswer], side: Side) -> float | None:
    """Mean variance of a case's quality over its repeats; none without repeats."""
    groups = [v for (s, _), v in _by_case(answers).items() if s == side and len(v) > 1]
    return fmean(pvariance(group) for group in groups) if groups else None


def _by_case(answers: Iterable[ScoredAnswer]) -> dict[tuple[Side, str], list[float]]:
    quality: dict[tuple[Side, str], list[float]] = defaultdict(list)
    for answer in answers:
        if answer.quality is not None:
            quality[answer.side, answer.case_id].append(answer.quality)
    return quality


def summarise_scorers(answers: Sequence[ScoredAnswer]) -> tuple[ScorerSummary, ...]:
    """Each scorer's mean by side, its errors, and whether it ran at all."""
    rows: dict[str, list[tuple[Side, CaseScore]]] = {}
    for answer in answers:
        for score in answer.scores:
            rows.setdefault(score.scorer, []).append((answer.side, score))
    return tuple(_summarise(name, scores) for name, scores in rows.items())


def _summarise(name: str, scores: Sequence[tuple[Side, CaseScore]]) -> ScorerSummary:
    values: dict[Side, list[float]] = {"baseline": [], "candidate": []}
    for side, score in scores:
        if score.value is not None:
            values[side].append(score.value)
    statuses = {score.status for _, score in scores}
    order: tuple[ScoreStatus, ...] = ("scored", "error", "not_applicable", "not_run")
    return ScorerSummary(
        scorer=name,
        version=max((score.version for _, score in scores), key=lambda v: (v != "-", v)),
        status=next(status for status in order if status in statuses),
        answers=len(values["baseline"]) + len(values["candidate"]),
        baseline=fmean(values["baseline"]) if values["baseline"] else None,
        candidate=fmean(values["candidate"]) if values["candidate"] else None,
        errors=sum(score.status == "error" for _, score in scores),
    )


def find_worst(
    pairs: Sequence[PairedCase], answers: Sequence[ScoredAnswer], cases: Mapping[str, Case]
) -> tuple[WorstCase, ...]:
    """The cases that the candidate lost, most lost first, with both answers."""
    lost = sorted((p for p in pairs if p.difference < 0), key=lambda p: (p.difference, p.case_id))
    by_case: dict[tuple[str, Side], list[ScoredAnswer]] = defaultdict(list)
    for answer in answers:
        by_case[answer.case_id, answer.side].append(answer)
    return tuple(_worst(p, by_case, cases[p.case_id]) for p in lost[:_WORST])


def _worst(
    pair: PairedCase, by_case: Mapping[tuple[str, Side], list[ScoredAnswer]], case: Case
) -> WorstCase:
    scored = [a for a in by_case[case.case_id, "candidate"] if a.quality is not None]
    candidate = min(scored, key=lambda a: a.quality or 0.0)
    baseline = next(a for a in by_case[case.case_id, "baseline"] if a.quality is not None)
    return WorstCase(
        case_id=case.case_id,
        slices=pair.slices,
        question=case.question,
        ideal=case.ideal,
        baseline_output=baseline.output,
        candidate_output=candidate.output,
        baseline=pair.baseline,
        candidate=pair.candidate,
        reason=candidate.reason,
    )
