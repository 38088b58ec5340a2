"""Runs every golden case through candidate and baseline, scores both and gives a verdict."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from flywheel.asking import Progress
from flywheel.compare import Comparison, PairedCase, Rules, compare, unseen_loss
from flywheel.critical import check_critical, hold_critical
from flywheel.errors import InputError, ReleaseError
from flywheel.llm import OpenAiModel
from flywheel.prompt import JUDGE_VARIABLES, Prompt, load_prompt
from flywheel.quality import (
    ScoredAnswer,
    decide_quality,
    error_share,
    failed_scores,
    find_worst,
    pair_cases,
    repeat_variance,
    score_answer,
    summarise_scorers,
)
from flywheel.replay import PREFIX, read_replay
from flywheel.report import write_reports
from flywheel.scorers import Case, case_of
from flywheel.scorers.judge import not_judged
from flywheel.scrub import Scrubber, get_scrubber
from flywheel.settings import Settings
from flywheel.steps.answers import (
    Given,
    ask_model,
    count_rounds,
    golden_answers,
    last_good_answers,
    replay_answers,
)
from flywheel.steps.judge import CaseAnswer, Judge, judge_answers
from flywheel.steps.requests import FewShot, open_few_shot, render_requests
from flywheel.store import Store, open_store
from flywheel.store.sql import sql
from schemas.evaluation import CaseScore, CriticalCase, GateReport, GateVerdict, Side
from schemas.example import Example

GOLDEN: Final = "golden"
LAST_GOOD: Final = "last-good"
NO_JUDGE: Final = "no judge is configured (FLYWHEEL_LLM__JUDGE_MODEL)"


@dataclass(frozen=True)
class EvaluateOptions:
    """What `flywheel evaluate` is told."""

    prompt: str
    candidate: str
    """A model's name, or `replay:FILE`."""
    baseline: str | None = None
    """`golden` (the default: the reviewed ideal answers), `last-good`, a model, `replay:FILE`."""
    repeats: int = 1
    limit: int | None = None
    """Only so many cases: a fixed sample, and all critical ones besides."""
    fresh: bool | None = None
    """Ask anew what a finished evaluation asked; default: with `last-good`, whose point it is."""
    few_shot: str | None = None
    """Of the candidate: `release:ID` or `none`; default: the current release's bank."""
    few_shot_baseline: str | None = None
    """Likewise of the baseline, which then is a model: the candidate, unless one is named."""

    @property
    def baseline_source(self) -> str:
        """Where the baseline's answers come from."""
        if self.few_shot_baseline is None:
            return self.baseline or GOLDEN
        return self.candidate if self.baseline in (None, GOLDEN) else str(self.baseline)


@dataclass
class _Run:
    """One evaluation under way."""

    settings: Settings
    options: EvaluateOptions
    prompt: Prompt
    examples: tuple[Example, ...]
    """All that are asked."""
    compared: tuple[Example, ...]
    """Those that the comparison is about: of a sample, no others."""
    release: str
    """The current one: its golden set is evaluated on."""
    few_shot: dict[Side, FewShot]
    progress: Progress | None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def store(self) -> Store:
        return open_store(self.settings)

    @cached_property
    def scrubber(self) -> Scrubber:
        return get_scrubber(self.settings)

    @cached_property
    def cases(self) -> dict[str, Case]:
        return {example.case_id: case_of(example) for example in self.examples}

    @cached_property
    def candidate_name(self) -> str:
        return _name_with(self.options.candidate, self.options.few_shot)

    @cached_property
    def baseline_name(self) -> str:
        return _name_with(self.options.baseline_source, self.options.few_shot_baseline)


def run_evaluate(
    settings: Settings, options: EvaluateOptions, progress: Progress | None = None
) -> GateReport:
    """One evaluation on the golden set of the current release, stored, with its reports.

    Killed and run again it goes on where it stopped: an answer that was kept is not asked for
    again.

    Raises `ReleaseError` without a release or golden case, `LeakError` when the bank shares a
    case with the golden set, `PromptError`, `InputError` and `ConfigError` for what they say. A
    model that gives no answer raises nothing: the report counts it.
    """
    run = _prepare(settings, options, progress)
    given: dict[Side, Given] = {
        "candidate": _answers(run, options.candidate, "candidate"),
        "baseline": _answers(run, options.baseline_source, "baseline"),
    }
    judge, grades = _judge(run, given)
    answers = _score(run, given, grades, judge is not None)
    pairs = pair_cases(answers, run.compared)
    gate = settings.gate
    rules = Rules(
        gate.margin, gate.confidence, gate.resamples, gate.max_error_share, gate.min_cases
    )
    comparison = compare(pairs, error_share(answers), rules)
    run.notes += _how_sure(pairs, comparison, rules)
    critical = check_critical(run.examples, answers, run.cases, gate.critical_grade)
    comparison = hold_critical(comparison, critical)
    report = _report(run, given, answers, pairs, comparison, critical, judge)
    report = write_reports(report, settings.home / "reports" / report.evaluation_id)
    _keep(run.store, report, answers)
    return report


def _prepare(settings: Settings, options: EvaluateOptions, progress: Progress | None) -> _Run:
    from flywheel.bank import open_bank, read_golden

    if options.repeats < 1 or (options.limit is not None and options.limit < 1):
        raise InputError("--repeats and --limit: 1 or more is needed")
    prompt = load_prompt(settings.prompts, options.prompt)
    golden = read_golden(settings)
    if not golden:
        raise ReleaseError(
            "the golden set of the current release is empty: approve golden candidates and run "
            "flywheel promote, or flywheel import golden FILE"
        )
    few_shot = _open_few_shots(settings, options, golden)
    sampled = sorted(golden, key=lambda e: hashlib.sha256(e.case_id.encode()).digest())
    sampled = sampled[: options.limit]
    asked = [*sampled, *(e for e in golden if e.critical and e not in sampled)]
    release = open_bank(settings).release or ""
    run = _Run(settings, options, prompt, tuple(asked), tuple(sampled), release, few_shot, progress)
    run.notes += [
        f"{one.hidden} examples of the {side}'s bank are golden cases today and were not shown"
        for side, one in few_shot.items()
        if one.hidden
    ]
    if len(sampled) < len(golden):
        besides = f", and {len(asked) - len(sampled)} critical ones" if asked != sampled else ""
        run.notes.append(
            f"a sample of {len(sampled)} of {len(golden)} golden cases (--limit){besides}"
        )
    return run


def _open_few_shots(
    settings: Settings, options: EvaluateOptions, golden: Sequence[Example]
) -> dict[Side, FewShot]:
    if options.few_shot is not None and options.candidate.startswith(PREFIX):
        raise InputError("--few-shot: recorded answers cannot be given examples; name a model")
    if options.few_shot_baseline is not None and (
        options.baseline == LAST_GOOD or options.baseline_source.startswith(PREFIX)
    ):
        raise InputError("--few-shot-baseline: the baseline has to be a model")
    candidate = open_few_shot(settings, golden, options.few_shot)
    if options.few_shot == options.few_shot_baseline:
        return {"candidate": candidate, "baseline": candidate}
    return {
        "candidate": candidate,
        "baseline": open_few_shot(settings, golden, options.few_shot_baseline),
    }


def _answers(run: _Run, source: str, side: Side) -> Given:
    """One side's answers from wherever it says."""
    options, prompt = run.options, run.prompt
    if source == GOLDEN:
        return golden_answers(run.examples)
    if source == LAST_GOOD:
        return _last_good(run)
    if source.startswith(PREFIX):
        replay = read_replay(Path(source.removeprefix(PREFIX)))
        return replay_answers(
            run.store, run.scrubber, replay, run.examples, options.repeats, prompt.version,
            run.progress,
        )  # fmt: skip
    fresh = options.baseline == LAST_GOOD if options.fresh is None else options.fresh
    turn = count_rounds(run.store, options.prompt, run.candidate_name) if fresh else 0
    requests = render_requests(prompt, run.few_shot[side], run.examples, options.repeats, turn)
    with closing(OpenAiModel(source, run.settings.llm)) as model:
        return ask_model(
            run.store, run.scrubber, model, requests, run.settings.llm.concurrency, run.progress
        )


def _last_good(run: _Run) -> Given:
    cases = [example.case_id for example in run.examples]
    source, given = last_good_answers(run.store, run.options.prompt, run.candidate_name, cases)
    if source is None:
        run.notes.append(
            "no passing evaluation of this prompt and candidate yet: compared with the golden "
            "answers instead of the last good ones"
        )
        return golden_answers(run.examples)
    run.notes.append(f"the baseline is evaluation {source}")
    missing = len(cases) - len({case_id for case_id, _ in given.outputs})
    if missing:
        run.notes.append(f"{missing} cases are newer than the baseline and are not compared")
    return given


def _judge(
    run: _Run, given: dict[Side, Given]
) -> tuple[Judge | None, dict[CaseAnswer, tuple[CaseScore, ...]]]:
    llm = run.settings.llm
    if llm.judge_model is None:
        run.notes.append(f"the judge was not run: {NO_JUDGE}")
        return None, {}
    prompt = load_prompt(run.settings.prompts, llm.judge_prompt, JUDGE_VARIABLES)
    asked = [(slot[0], text) for side in given.values() for slot, text in side.outputs.items()]
    examples = {example.case_id: example for example in run.examples}
    with closing(OpenAiModel(llm.judge_model, llm)) as model:
        judge = Judge(model, prompt)
        grades = judge_answers(
            run.store, run.scrubber, judge, examples, asked, llm.concurrency, run.progress
        )
    failed = sum(scores[0].status == "error" for scores in grades.values())
    if failed:
        run.notes.append(f"the judge could not grade {failed} of {len(grades)} answers")
    return judge, grades


def _score(
    run: _Run,
    given: dict[Side, Given],
    grades: dict[CaseAnswer, tuple[CaseScore, ...]],
    judge_runs: bool,
) -> list[ScoredAnswer]:
    answers = []
    for side, one in given.items():
        for (case_id, repeat), text in one.outputs.items():
            case = run.cases[case_id]
            grade = grades.get((case_id, text)) or not_judged(NO_JUDGE)
            scores = score_answer(case, text, grade)
            quality, reason = decide_quality(case, scores)
            key = one.keys.get((case_id, repeat))
            answers.append(ScoredAnswer(case_id, side, repeat, text, key, scores, quality, reason))
        for (case_id, repeat), reason in one.errors.items():
            scores = failed_scores(reason, judge_runs)
            answers.append(ScoredAnswer(case_id, side, repeat, None, None, scores, None, reason))
    return answers


def _how_sure(pairs: Sequence[PairedCase], comparison: Comparison, rules: Rules) -> Iterator[str]:
    """What the interval cannot tell by itself."""
    clusters = len({pair.cluster for pair in pairs})
    if 0 < clusters < min(len(pairs), rules.min_cases):
        yield (
            f"the cases rest on the same {clusters} documents or sets of them, too few to resample "
            "as a whole: the intervals take the cases as independent and may be too narrow"
        )
    if comparison.verdict is GateVerdict.PASS and comparison.whole is not None:
        unseen = unseen_loss(comparison.whole, rules)
        if unseen is not None and unseen > rules.margin:
            yield (
                f"no case was lost, but so few cannot rule out that up to {unseen:.0%} of all "
                "questions are; more golden cases would"
            )


def _report(
    run: _Run,
    given: dict[Side, Given],
    answers: Sequence[ScoredAnswer],
    pairs: Sequence[PairedCase],
    comparison: Comparison,
    critical: tuple[CriticalCase, ...],
    judge: Judge | None,
) -> GateReport:
    now = datetime.now(UTC)
    unique = hashlib.sha256(f"{now.isoformat()}{run.options}".encode()).hexdigest()[:6]
    gate = run.settings.gate
    sides: tuple[Side, Side] = ("candidate", "baseline")
    return GateReport(
        evaluation_id=f"{now:%Y%m%dT%H%M%S}-{unique}",
        prompt=run.options.prompt,
        prompt_version=run.prompt.version,
        candidate=run.candidate_name,
        baseline=run.baseline_name,
        release_id=run.release,
        verdict=comparison.verdict,
        reason=comparison.reason,
        notes=tuple(run.notes),
        margin=gate.margin,
        confidence=gate.confidence,
        repeats=run.options.repeats,
        cases=len(run.compared),
        paired=len(pairs),
        error_share=error_share(answers),
        whole=comparison.whole,
        slices=comparison.slices,
        broken_slices=comparison.broken,
        scorers=summarise_scorers(answers),
        judge=judge.model.name if judge else None,
        variance={side: repeat_variance(answers, side) for side in sides},
        answers={side: given[side].count() for side in sides},
        worst=find_worst(pairs, answers, run.cases),
        critical=critical,
        evaluated_at=now.isoformat(timespec="seconds"),
    )


def _name_with(source: str, few_shot: str | None) -> str:
    name = _public_name(source)
    return name if few_shot is None else f"{name}, few-shot {few_shot}"


def _public_name(source: str) -> str:
    """A replay file by its name: its folder is nobody's business."""
    if source.startswith(PREFIX):
        return f"{PREFIX}{Path(source.removeprefix(PREFIX)).name}"
    return source


def _keep(store: Store, report: GateReport, answers: Sequence[ScoredAnswer]) -> None:
    rows = [(answer, score) for answer in answers for score in answer.scores]
    columns = {
        "evaluation_id": report.evaluation_id,
        "case_id": [answer.case_id for answer, _ in rows],
        "side": [answer.side for answer, _ in rows],
        "repeat": [answer.repeat for answer, _ in rows],
        "scorer": [score.scorer for _, score in rows],
        "scorer_version": [score.version for _, score in rows],
        "value": [score.value for _, score in rows],
        "status": [score.status for _, score in rows],
        "reason": [score.reason for _, score in rows],
        "answer_key": [answer.answer_key for answer, _ in rows],
    }
    with store.transaction() as connection:
        connection.execute(
            sql("insert_evaluation"),
            [
                report.evaluation_id, report.prompt, report.prompt_version, report.candidate,
                report.baseline, report.release_id, report.verdict.value,
                report.model_dump_json(),
            ],
        )  # fmt: skip
        connection.execute(sql("insert_evaluation_scores"), columns)
