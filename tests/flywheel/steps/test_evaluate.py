"""Evaluations on a real release, against a real server on loopback."""

import json
from collections import Counter
from collections.abc import Callable, Set
from pathlib import Path

import pytest

from flywheel.errors import ConfigError, InputError, LeakError, PromptError, ReleaseError
from flywheel.settings import LlmSettings, Settings
from flywheel.steps.evaluate import EvaluateOptions, run_evaluate
from flywheel.store import open_store
from schemas.candidate import Target
from schemas.evaluation import GateReport, GateVerdict
from schemas.event import ContextDocument, Message
from schemas.example import Example
from tests.golden import make_example, publish_examples, publish_golden, write_replay
from tests.loopback import Body, Fault, Loopback, question_in

CASES = 60


def _options(candidate: str, **changes: object) -> EvaluateOptions:
    return EvaluateOptions(prompt="earnings_qa", candidate=candidate, **changes)  # type: ignore[arg-type]


def _at(settings: Settings, server: Loopback, **changes: object) -> Settings:
    llm = {"base_url": server.url, "max_retries": 0, "timeout_s": 5, "concurrency": 4} | changes
    return settings.model_copy(update={"llm": LlmSettings.model_validate(llm)})


def _right(golden: list[Example]) -> dict[str, str]:
    return {example.case_id: example.output for example in golden}


def _swapped(example: Example) -> str:
    """The operating income, told as the revenue."""
    income = example.context[0].text.splitlines()[2].strip("| ").rpartition(" ")[2]
    return f"Revenue was {income} million."


def _answer(golden: list[Example], broken: Set[str] = frozenset()) -> Callable[[Body], str]:
    by_question = {example.messages[0].text: example for example in golden}

    def answer(body: Body) -> str:
        example = by_question[question_in(body)]
        return _swapped(example) if example.case_id in broken else example.output

    return answer


def _rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with open_store(settings).transaction() as connection:
        return connection.execute(query).fetchall()


def test_an_equal_candidate_passes(settings: Settings, tmp_path: Path) -> None:
    """The golden answers themselves, replayed, pass; what was not run is said."""
    golden = publish_golden(settings, CASES)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", _right(golden))))
    assert report.verdict is GateVerdict.PASS
    assert report.whole and report.whole.difference == 0 and report.paired == CASES
    assert {s.scorer for s in report.scorers if s.status == "not_run"} == {
        "judge.accuracy",
        "judge.tone",
        "judge.formatting",
    }
    assert any("judge was not run" in note for note in report.notes)


def test_a_tenth_broken_is_a_regression(settings: Settings, tmp_path: Path) -> None:
    """Six wrong of sixty stop the candidate, and the report shows each with both answers."""
    golden = publish_golden(settings, CASES)
    answers = _right(golden)
    for example in golden[::10]:
        answers[example.case_id] = _swapped(example)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", answers)))
    assert report.verdict is GateVerdict.REGRESSION
    assert {case.case_id for case in report.worst} == {e.case_id for e in golden[::10]}
    worst = report.worst[0]
    assert worst.baseline_output == worst.ideal != worst.candidate_output
    assert "numeric" in worst.reason


def test_the_slice_that_broke_is_named(settings: Settings, tmp_path: Path) -> None:
    """Europe broken and the rest whole: the report names the region, not every tenant in it."""
    golden = publish_golden(settings, CASES)
    answers = {e.case_id: _swapped(e) if e.tags["region"] == "Europe" else e.output for e in golden}
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", answers)))
    assert report.verdict is GateVerdict.REGRESSION
    assert report.broken_slices == ("region=Europe",)
    assert report.slices[0].name == "region=Europe" and "region=Europe" in report.reason


def test_a_missing_recorded_answer_is_an_error_not_a_zero(
    settings: Settings, tmp_path: Path
) -> None:
    """One of sixty missing is not compared; two are more than 2%, so inconclusive."""
    golden = publish_golden(settings, CASES)
    answers = dict(list(_right(golden).items())[1:])
    report = run_evaluate(
        settings,
        _options(write_replay(tmp_path / "x.jsonl", answers), baseline="golden"),
    )
    assert report.answers["candidate"].reasons == {"no recorded answer": 1}
    assert report.paired == CASES - 1 and report.whole and report.whole.difference == 0
    assert report.verdict is GateVerdict.PASS
    answers = dict(list(answers.items())[1:])
    report = run_evaluate(settings, _options(write_replay(tmp_path / "y.jsonl", answers)))
    assert report.error_share == 2 / CASES
    assert report.verdict is GateVerdict.INCONCLUSIVE and "errors" in report.reason


def test_cases_on_few_documents_are_compared_one_by_one_and_that_is_said(
    settings: Settings, tmp_path: Path
) -> None:
    """Thirty questions on three pages: no verdict on three resampled pages, and a note."""
    pages = [make_example(number).context for number in range(3)]
    golden = [make_example(number, context=pages[number % 3]) for number in range(30)]
    publish_examples(settings, golden)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", _right(golden))))
    assert report.whole and report.whole.clusters == 30
    assert any("the same 3 documents" in note for note in report.notes)


@pytest.mark.parametrize(("cases", "said"), [(20, True), (80, False)])
def test_a_pass_on_few_equal_cases_says_what_it_cannot_rule_out(
    settings: Settings, tmp_path: Path, cases: int, said: bool
) -> None:
    """No interval shows it, since nothing varies."""
    golden = publish_golden(settings, cases)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", _right(golden))))
    assert report.verdict is GateVerdict.PASS
    assert any("cannot rule out" in note for note in report.notes) is said


def test_few_cases_are_inconclusive(settings: Settings, tmp_path: Path) -> None:
    """Nine equal answers prove nothing."""
    golden = publish_golden(settings, 9)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", _right(golden))))
    assert report.verdict is GateVerdict.INCONCLUSIVE and "fewer" in report.reason


def test_every_score_is_a_row(settings: Settings, tmp_path: Path) -> None:
    """Seven scores for each answer on each side, with scorer version, status and answer."""
    golden = publish_golden(settings, 12)
    report = run_evaluate(settings, _options(write_replay(tmp_path / "x.jsonl", _right(golden))))
    rows = _rows(settings, "SELECT side, scorer, status FROM evaluation_scores")
    assert len(rows) == 12 * 2 * 7
    assert Counter(status for _, scorer, status in rows if str(scorer) == "judge.tone") == {
        "not_run": 24
    }
    ((stored,),) = _rows(settings, "SELECT report FROM evaluations")
    assert GateReport.model_validate_json(str(stored)) == report
    joined = "SELECT count(*) FROM evaluation_scores JOIN answers USING (answer_key)"
    assert _rows(settings, joined) == [(12 * 7,)]  # the candidate's; golden answers are no rows


def test_a_models_answers_are_asked_once_and_reused(settings: Settings) -> None:
    """A second evaluation of the same prompt and model costs nothing."""
    golden = publish_golden(settings, 20)
    with Loopback(_answer(golden)) as server:
        first = run_evaluate(_at(settings, server), _options("v1"))
        again = run_evaluate(_at(settings, server), _options("v1"))
    assert (first.answers["candidate"].asked, again.answers["candidate"].asked) == (20, 0)
    assert again.answers["candidate"].reused == 20
    assert set(server.asked.values()) == {1}
    assert first.verdict is again.verdict is GateVerdict.PASS


def test_a_fresh_evaluation_asks_anew(settings: Settings) -> None:
    """What a provider changed silently shows against the last good answers."""
    golden = publish_golden(settings, 40)
    broken: set[str] = set()
    with Loopback(_answer(golden, broken)) as server:
        nightly = _options("v1", baseline="last-good")
        first = run_evaluate(_at(settings, server), nightly)
        assert any("no passing evaluation" in note for note in first.notes)
        broken |= {e.case_id for e in golden[:20]}
        second = run_evaluate(_at(settings, server), nightly)
    assert (first.verdict, second.verdict) == (GateVerdict.PASS, GateVerdict.REGRESSION)
    assert set(server.questions().values()) == {2}
    assert any(first.evaluation_id in note for note in second.notes)


def test_no_more_requests_at_once_than_allowed(settings: Settings) -> None:
    """Concurrency is bounded, and used."""
    golden = publish_golden(settings, 24)
    with Loopback(_answer(golden), delay_s=0.02) as server:
        run_evaluate(_at(settings, server, concurrency=3), _options("v1"))
    assert 2 <= server.most_at_once <= 3


def test_repeats_are_averaged_and_their_variance_kept(settings: Settings) -> None:
    """Three answers a case; a model that wavers shows its variance."""
    golden = publish_golden(settings, 12)
    seen: Counter[str] = Counter()
    right = _answer(golden)

    def waver(body: Body) -> str:
        question = question_in(body)
        seen[question] += 1
        return right(body) if seen[question] < 3 else "Revenue was $7 million."

    with Loopback(waver) as server:
        report = run_evaluate(_at(settings, server, concurrency=1), _options("v1", repeats=3))
    assert report.whole and report.whole.candidate == pytest.approx(2 / 3)
    assert report.variance == {"candidate": pytest.approx(2 / 9), "baseline": None}


@pytest.mark.parametrize(
    "fault", [Fault.RATE_LIMIT, Fault.SERVER_ERROR, Fault.TRUNCATED, Fault.NO_CHOICES, Fault.DROP]
)
def test_faults_are_counted_by_reason(settings: Settings, fault: Fault) -> None:
    """A third of the answers failing for good: the run finishes, says what is missing, no pass."""
    golden = publish_golden(settings, 15)
    failing = {e.messages[0].text for e in golden[::3]}

    def break_some(body: Body, before: int) -> Fault | None:
        return fault if question_in(body) in failing else None

    with Loopback(_answer(golden), break_some) as server:
        report = run_evaluate(_at(settings, server), _options("v1"))
    assert report.verdict is GateVerdict.INCONCLUSIVE
    assert report.answers["candidate"].errors == 5 and report.paired == 10
    assert sum(report.answers["candidate"].reasons.values()) == 5


def test_failed_answers_are_asked_again_next_time(settings: Settings) -> None:
    """An error is not an answer: only what is missing is asked for again."""
    golden = publish_golden(settings, 15)
    failing = {e.messages[0].text for e in golden[::3]}

    def fail_once(body: Body, before: int) -> Fault | None:
        return Fault.SERVER_ERROR if question_in(body) in failing and not before else None

    with Loopback(_answer(golden), fail_once) as server:
        run_evaluate(_at(settings, server), _options("v1"))
        report = run_evaluate(_at(settings, server), _options("v1"))
    assert report.verdict is GateVerdict.PASS and report.answers["candidate"].asked == 5


def test_an_endpoint_that_is_down_is_not_asked_for_ever(settings: Settings) -> None:
    """After ten failures in a row the rest is not asked, and the report says so."""
    publish_golden(settings, CASES)
    with Loopback(fault=lambda body, before: Fault.SERVER_ERROR) as server:
        report = run_evaluate(_at(settings, server), _options("v1"))
    reasons = report.answers["candidate"].reasons
    assert sum(server.asked.values()) < 20
    assert reasons["not asked: 10 requests in a row had failed"] > 40
    assert report.whole is None and report.verdict is GateVerdict.INCONCLUSIVE


def test_a_refused_key_stops_the_run(settings: Settings) -> None:
    """One line that names the setting, instead of sixty errors."""
    publish_golden(settings, 12)
    with (
        Loopback(fault=lambda body, before: Fault.NO_KEY) as server,
        pytest.raises(ConfigError, match="refuses the key"),
    ):
        run_evaluate(_at(settings, server), _options("v1"))


def test_answers_are_scrubbed_before_they_are_stored(settings: Settings) -> None:
    """An address that a model makes up is in no file under the home."""
    golden = publish_golden(settings, 12)
    with Loopback(lambda body: "Write to jane.roe@example.com: $1 million.") as server:
        report = run_evaluate(_at(settings, server), _options("v1"))
    assert "<EMAIL_ADDRESS_" in (report.worst[0].candidate_output or "")
    assert len(golden) == len(report.worst)
    for path in settings.home.rglob("*"):
        assert not path.is_file() or b"jane.roe@example.com" not in path.read_bytes(), path


def test_few_shot_examples_go_before_the_question(settings: Settings) -> None:
    """Examples of the bank are message pairs between the system message and the question."""
    golden = publish_golden(settings, 12)
    with Loopback(_answer(golden)) as server:
        run_evaluate(_at(settings, server), _options("v1"))
    roles = [message["role"] for message in server.bodies[0]["messages"]]
    assert roles == ["system", *["user", "assistant"] * 4, "user"]


def test_a_leaking_release_is_refused(settings: Settings) -> None:
    """A case on both sides: nothing is evaluated."""
    golden = [make_example(number) for number in range(12)]
    leak = make_example(3, Target.BANK, case_id="case-golden-0003")
    publish_examples(settings, [*golden, leak])
    with pytest.raises(LeakError, match="e-bank-0003"):
        run_evaluate(settings, _options("replay:missing.jsonl"))


def test_a_leak_under_another_case_id_is_refused_too(settings: Settings) -> None:
    """The same question on the same documents, with a turn in front of it."""
    golden = [make_example(number) for number in range(12)]
    turn = Message(role="user", content="Hello")
    leak = make_example(3, Target.BANK, messages=(turn, *golden[3].messages))
    publish_examples(settings, [*golden, leak])
    with pytest.raises(LeakError, match="its question and context"):
        run_evaluate(settings, _options("replay:missing.jsonl"))


LONG = "\n\n".join(
    f"In its segment {n} the company made revenue of ${n},{n}01.5 million, which was {n}.2% more "
    f"than in the year before, and spent ${n}7.{n} million of it on research and development."
    for n in range(1, 7)
)


def _on(text: str, number: int, target: Target, **changes: object) -> Example:
    asked = (Message(role="user", content="What was the revenue of segment 2?"),)
    context = (ContextDocument(id=f"d-{number}", text=text),)
    return make_example(number, target, messages=asked, context=context, **changes)


@pytest.mark.parametrize("parts", [slice(0, 5), slice(1, 6), slice(None, None, -1)])
def test_a_leak_of_a_cut_copy_is_refused_too(settings: Settings, parts: slice) -> None:
    """The golden case's report without its end or beginning, or with its paragraphs moved."""
    cut = "\n\n".join(LONG.split("\n\n")[parts])
    same = "Revenue was $2,201.5 million."
    pair = [_on(LONG, 1, Target.GOLDEN, output=same), _on(cut, 2, Target.BANK, output=same)]
    publish_examples(settings, [*(make_example(number) for number in range(5, 15)), *pair])
    with pytest.raises(LeakError, match="e-bank-0002"):
        run_evaluate(settings, _options("replay:missing.jsonl"))


def test_a_report_with_another_figure_is_no_leak(settings: Settings) -> None:
    """Boilerplate that two companies share makes no copy, and each is evaluated."""
    other = LONG.replace("$2,201.5", "$2,202.5")
    pair = [_on(LONG, 1, Target.GOLDEN), _on(other, 2, Target.BANK)]
    publish_examples(settings, [*(make_example(number) for number in range(5, 15)), *pair])
    cases = [f"case-golden-{number:04}" for number in (1, *range(5, 15))]
    replay = write_replay(settings.home / "answers.jsonl", dict.fromkeys(cases, "42"))
    assert run_evaluate(settings, _options(replay)).cases == len(cases)


def test_no_release_and_no_golden_case_are_said(settings: Settings) -> None:
    """Both are the user's to mend."""
    with pytest.raises(ReleaseError):
        run_evaluate(settings, _options("v1"))
    publish_examples(settings, [make_example(1, Target.BANK)])
    with pytest.raises(ReleaseError, match=r"golden set .* is empty"):
        run_evaluate(settings, _options("v1"))


def test_wrong_options_are_the_users_to_mend(settings: Settings, tmp_path: Path) -> None:
    """A missing prompt, a missing replay file, no endpoint."""
    publish_golden(settings, 12)
    with pytest.raises(PromptError, match="no prompt named nope"):
        run_evaluate(settings, EvaluateOptions("nope", "v1"))
    with pytest.raises(InputError, match="cannot be read"):
        run_evaluate(settings, _options(f"replay:{tmp_path / 'none.jsonl'}"))
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        run_evaluate(settings, _options("v1"))


def test_a_limit_takes_a_fixed_sample(settings: Settings, tmp_path: Path) -> None:
    """The same cases each time, and the report says that it is a sample."""
    golden = publish_golden(settings, 30)
    replay = write_replay(tmp_path / "x.jsonl", _right(golden))
    first = run_evaluate(settings, _options(replay, limit=12))
    assert first.cases == 12 and "a sample of 12 of 30" in first.notes[0]
    run_evaluate(settings, _options(replay, limit=12))
    per_case = _rows(
        settings, "SELECT count(DISTINCT evaluation_id) FROM evaluation_scores GROUP BY case_id"
    )
    assert per_case == [(2,)] * 12


def _judge_reply(accuracy: int) -> str:
    return json.dumps(
        {
            "accuracy_reason": "As Jane Roe, jane.roe@example.com, says.",
            "accuracy": accuracy,
            "tone_reason": "Plain.",
            "tone": 4,
            "formatting_reason": "Clean.",
            "formatting": 5,
        }
    )


def test_the_judge_decides_about_text_answers(settings: Settings) -> None:
    """Accuracy, tone and formatting with reasons, the judge's model and prompt in the version."""
    golden = [
        make_example(n, output=f"Because demand fell in region {'abcdefghijkl'[n]}.")
        for n in range(12)
    ]
    publish_examples(settings, golden)

    def answer(body: Body) -> str:
        if body["model"] == "judge-1":
            given = body["messages"][-1]["content"].rpartition("<answer>\n")[2]
            return _judge_reply(5 if given.startswith("Because") else 1)
        return "It fell, for whatever cause."

    with Loopback(answer) as server:
        local = _at(settings, server, judge_model="judge-1")
        report = run_evaluate(local, _options("v1"))
        asked = sum(server.asked.values())
        run_evaluate(local, _options("v1"))
    assert report.judge == "judge-1" and report.verdict is GateVerdict.REGRESSION
    assert report.whole and (report.whole.baseline, report.whole.candidate) == (1, 0)
    assert sum(server.asked.values()) == asked == 12 + 12 + 12
    (summary,) = [s for s in report.scorers if s.scorer == "judge.tone"]
    assert summary.version.startswith("judge-1@") and summary.candidate == 4
    assert "jane.roe" not in report.model_dump_json()
    ((count,),) = _rows(settings, "SELECT count(*) FROM judgements")
    assert count == 24


def test_a_judge_that_fails_is_an_error_not_a_zero(settings: Settings) -> None:
    """Half a JSON object from the judge: the text cases have no quality, the gate no verdict."""
    golden = [
        make_example(n, output=f"Because demand fell in region {'abcdefghijkl'[n]}.")
        for n in range(12)
    ]
    publish_examples(settings, golden)

    def answer(body: Body) -> str:
        return _judge_reply(5)[:40] if body["model"] == "judge-1" else "Because of demand."

    with Loopback(answer) as server:
        report = run_evaluate(_at(settings, server, judge_model="judge-1"), _options("v1"))
    assert report.verdict is GateVerdict.INCONCLUSIVE
    assert any("judge could not grade" in note for note in report.notes)
    (accuracy,) = [s for s in report.scorers if s.scorer == "judge.accuracy"]
    assert accuracy.status == "error" and accuracy.candidate is None
