"""The same model with one bank, another, or none: only the examples differ."""

from collections.abc import Callable

import pytest

from flywheel.errors import InputError, LeakError, ReleaseError
from flywheel.settings import LlmSettings, Settings
from flywheel.steps.evaluate import EvaluateOptions, run_evaluate
from schemas.candidate import Target
from schemas.evaluation import GateReport, GateVerdict
from schemas.example import Example
from tests.golden import make_example, publish_examples, write_replay
from tests.loopback import Body, Loopback, question_in

CASES = 24
GOLDEN = [make_example(number) for number in range(CASES)]
BANK = [make_example(5000 + number, Target.BANK, tenant=None) for number in range(4)]
OTHER = [make_example(7000 + number, Target.BANK, tenant=None) for number in range(4)]


def run(settings: Settings, server: Loopback, **options: str) -> GateReport:
    """One evaluation of the model behind the server."""
    llm = LlmSettings(base_url=server.url, max_retries=0, timeout_s=5, concurrency=4)
    at_server = settings.model_copy(update={"llm": llm})
    return run_evaluate(at_server, EvaluateOptions("earnings_qa", "v1", **options))  # type: ignore[arg-type]


def shown(body: Body) -> list[str]:
    """The questions of the examples in a request."""
    return [m["content"] for m in body["messages"][1:-1] if m["role"] == "user"]


def helped_by(examples: list[Example]) -> Callable[[Body], str]:
    """A model that is right once it sees one of these examples."""
    by_question = {example.messages[0].text: example.output for example in GOLDEN}
    questions = {example.messages[0].text for example in examples}

    def answer(body: Body) -> str:
        right = questions.intersection(shown(body))
        return by_question[question_in(body)] if right else "I do not know."

    return answer


def test_a_bank_that_helps_beats_none(settings: Settings) -> None:
    """And the other way round it is a regression; each side's requests hold its own examples."""
    publish_examples(settings, [*GOLDEN, *BANK])
    with Loopback(helped_by(BANK)) as server:
        better = run(settings, server, few_shot_baseline="none")
        worse = run(
            settings, server, few_shot="none", few_shot_baseline=f"release:{better.release_id}"
        )
    assert better.verdict is GateVerdict.PASS
    assert better.whole is not None and better.whole.difference == 1
    assert worse.verdict is GateVerdict.REGRESSION
    assert (better.candidate, better.baseline) == ("v1", "v1, few-shot none")
    assert {len(shown(body)) for body in server.bodies} == {0, 4}
    assert sum(server.asked.values()) == 2 * CASES, "what was asked is not asked again"


def test_two_releases_are_compared_on_todays_golden_set(settings: Settings) -> None:
    """The earlier one's examples come from its own folder, the cases from the current one."""
    earlier = publish_examples(settings, [*GOLDEN[:5], *BANK])
    publish_examples(settings, [*GOLDEN, *OTHER])
    with Loopback(helped_by(OTHER)) as server:
        report = run(settings, server, few_shot_baseline=f"release:{earlier}")
    assert (report.cases, report.whole and report.whole.difference) == (CASES, 1)
    seen = {question for body in server.bodies for question in shown(body)}
    assert seen == {example.messages[0].text for example in [*BANK, *OTHER]}


def test_an_example_that_became_a_golden_case_is_hidden(settings: Settings) -> None:
    """By its case, and by its question under another: its answer is never shown; it is said."""
    moved = make_example(3, Target.BANK, case_id="case-golden-0003")
    renamed = make_example(4, Target.BANK, case_id="case-of-its-own")
    earlier = publish_examples(settings, [moved, renamed, *BANK])
    publish_examples(settings, [*GOLDEN, *OTHER])
    with Loopback(lambda body: "42") as server:
        report = run(settings, server, few_shot=f"release:{earlier}", few_shot_baseline="none")
    seen = {question for body in server.bodies for question in shown(body)}
    assert seen == {example.messages[0].text for example in BANK}
    assert any(note.startswith("2 examples of the candidate's bank") for note in report.notes)


def test_no_case_is_shown_another_tenants_example(settings: Settings) -> None:
    """As in production: its own tenant's and what is shared, be others ever so near."""
    tenants = ("acme", "bolt", None)
    golden = [make_example(n, tenant=tenants[n % 3]) for n in range(CASES)]
    bank = [make_example(5000 + n, Target.BANK, tenant=tenants[n % 3]) for n in range(6)]
    publish_examples(settings, [*golden, *bank])
    tenant_of = {example.messages[0].text: example.tenant for example in [*golden, *bank]}
    with Loopback(lambda body: "42") as server:
        run(settings, server, few_shot_baseline="none")
    seen = {
        (tenant_of[question_in(body)], tenant_of[question])
        for body in server.bodies
        for question in shown(body)
    }
    assert {pair for pair in seen if pair[0] == "acme"} == {("acme", "acme"), ("acme", None)}
    assert {pair for pair in seen if pair[0] == "bolt"} == {("bolt", "bolt"), ("bolt", None)}


def test_a_leak_in_the_current_bank_is_refused(settings: Settings) -> None:
    """Whatever the other side is."""
    leak = make_example(3, Target.BANK, case_id="case-golden-0003")
    publish_examples(settings, [*GOLDEN, leak])
    with Loopback() as server, pytest.raises(LeakError):
        run(settings, server, few_shot_baseline="none")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"few_shot": "yes"}, InputError),
        ({"few_shot": "release:../x"}, ReleaseError),
        ({"few_shot": "release:0123456789abcdef"}, ReleaseError),
        ({"few_shot_baseline": "none", "baseline": "last-good"}, InputError),
        ({"few_shot_baseline": "none", "baseline": "replay:x.jsonl"}, InputError),
    ],
)
def test_what_cannot_be_compared_is_said(
    settings: Settings, options: dict[str, str], error: type[Exception]
) -> None:
    """Before a model is asked."""
    publish_examples(settings, [*GOLDEN, *BANK])
    with Loopback() as server:
        with pytest.raises(error):
            run(settings, server, **options)
        assert not server.bodies


def test_recorded_answers_take_no_examples(settings: Settings) -> None:
    """They were given before."""
    publish_examples(settings, [*GOLDEN, *BANK])
    replay = write_replay(settings.home / "x.jsonl", {e.case_id: e.output for e in GOLDEN})
    with pytest.raises(InputError, match="recorded"):
        run_evaluate(settings, EvaluateOptions("earnings_qa", replay, few_shot="none"))
