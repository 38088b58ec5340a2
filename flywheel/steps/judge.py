"""Has the judge grade answers: each asked once, its reasons scrubbed, stored as they arrive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flywheel.asking import Job, Progress, ask_all
from flywheel.llm import ChatModel
from flywheel.prompt import ChatMessage, Prompt
from flywheel.scorers.judge import GRADES, judge_schema, judged, not_judged, parse_judgement
from flywheel.scrub import Scrubber
from flywheel.steps.answers import digest
from flywheel.store import Store
from flywheel.store.sql import sql
from schemas.evaluation import CaseScore, Judgement
from schemas.example import Example

CaseAnswer = tuple[str, str]
"""A case and an answer's text."""


@dataclass(frozen=True)
class Judge:
    """A judge's model and prompt."""

    model: ChatModel
    prompt: Prompt

    @property
    def version(self) -> str:
        """Stored with each score."""
        return f"{self.model.name}@{self.prompt.version}"

    def key(self, messages: Sequence[ChatMessage]) -> str:
        """Equal for what need not be judged twice."""
        asked = [message.as_dict() for message in messages]
        parameters = self.prompt.header.parameters.model_dump()
        where = (self.model.endpoint, self.model.name, self.prompt.version)
        return digest("judgement", *where, parameters, asked)


def judge_answers(
    store: Store,
    scrubber: Scrubber,
    judge: Judge,
    examples: Mapping[str, Example],
    answers: Iterable[CaseAnswer],
    concurrency: int,
    progress: Progress | None = None,
) -> dict[CaseAnswer, tuple[CaseScore, ...]]:
    """Three scores for each answer to each case; equal answers are judged once."""
    rendered = {pair: _render(judge, examples[pair[0]], pair[1]) for pair in set(answers)}
    keys = {pair: judge.key(messages) for pair, messages in rendered.items()}
    requests = {keys[pair]: rendered[pair] for pair in sorted(rendered)}
    cases = {key: case_id for (case_id, _), key in keys.items()}
    found = _read_known(store, list(requests))
    missing = [key for key in requests if key not in found]

    def keep(judgements: list[tuple[str, Judgement]]) -> None:
        clean = [(key, _scrub(scrubber, judgement)) for key, judgement in judgements]
        found.update(clean)
        rows = [
            [key, cases[key], judge.model.name, judge.prompt.version, judgement.model_dump_json()]
            for key, judgement in clean
        ]
        with store.transaction() as connection:
            connection.executemany(sql("insert_judgement"), rows)

    jobs = [_job(judge, key, requests[key]) for key in missing]
    errors = ask_all(jobs, keep, concurrency, progress)
    return {
        pair: judged(found[key], judge.version)
        if key in found
        else not_judged(errors[key], judge.version, error=True)
        for pair, key in keys.items()
    }


def _job(judge: Judge, key: str, messages: Sequence[ChatMessage]) -> Job[Judgement]:
    def ask() -> Judgement:
        parameters = judge.prompt.header.parameters
        return parse_judgement(judge.model.ask(messages, parameters, judge_schema()).text)

    return Job(key, ask)


def _render(judge: Judge, example: Example, answer: str) -> list[ChatMessage]:
    questions = [message.text for message in example.messages if message.role == "user"]
    return judge.prompt.render(
        {
            "question": questions[-1] if questions else example.messages[-1].text,
            "context": [document.model_dump() for document in example.context],
            "ideal": example.output,
            "answer": answer,
        }
    )


def _scrub(scrubber: Scrubber, judgement: Judgement) -> Judgement:
    """A judge quotes the answer in its reasons."""
    names = [f"{grade}_reason" for grade in GRADES]
    ((*texts,),) = scrubber.scrub_groups([[("reason", getattr(judgement, n)) for n in names]])
    return judgement.model_copy(
        update={name: text.text for name, text in zip(names, texts, strict=True)}
    )


def _read_known(store: Store, keys: list[str]) -> dict[str, Judgement]:
    with store.transaction() as connection:
        rows = connection.execute(sql("known_judgements"), {"keys": keys}).fetchall()
    return {key: Judgement.model_validate_json(result) for key, result in rows}
