"""Gets one side's answers: asked once, scrubbed, stored the moment they arrive."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flywheel.asking import Job, Progress, ask_all
from flywheel.errors import ModelError
from flywheel.llm import Answer, ChatModel
from flywheel.prompt import ChatMessage
from flywheel.replay import Replay
from flywheel.scrub import Scrubber
from flywheel.store import Store
from flywheel.store.sql import sql
from schemas.evaluation import AnswerCount
from schemas.example import Example
from schemas.prompt import PromptParameters

Slot = tuple[str, int]
"""A case and a repeat."""
_REPLAY_BATCH = 200


@dataclass(frozen=True)
class Given:
    """One side's answers, scrubbed."""

    outputs: dict[Slot, str] = field(default_factory=dict)
    keys: dict[Slot, str] = field(default_factory=dict)
    """Of the rows in `answers`."""
    errors: dict[Slot, str] = field(default_factory=dict)
    """Why an answer is missing."""
    asked: int = 0

    def count(self) -> AnswerCount:
        """For the report."""
        reasons: dict[str, int] = {}
        for reason in self.errors.values():
            reasons[reason] = reasons.get(reason, 0) + 1
        return AnswerCount(
            needed=len(self.outputs) + len(self.errors),
            asked=self.asked,
            reused=len(self.outputs) + len(self.errors) - self.asked,
            errors=len(self.errors),
            reasons=dict(sorted(reasons.items(), key=lambda item: -item[1])),
        )


@dataclass(frozen=True)
class Request:
    """What a model is asked for one case and repeat."""

    slot: Slot
    messages: tuple[ChatMessage, ...]
    parameters: PromptParameters
    prompt_version: str
    round: int
    """0; a fresh evaluation counts on, so that it asks anew what a finished one asked."""

    @property
    def sha256(self) -> str:
        """Of the rendered messages (examples included) and the parameters."""
        return digest([m.as_dict() for m in self.messages], self.parameters.model_dump())

    def key(self, model: ChatModel) -> str:
        """Equal for what need not be asked twice."""
        case_id, repeat = self.slot
        asked = (case_id, model.endpoint, model.name, self.prompt_version, self.sha256)
        return digest("answer", *asked, repeat, self.round)


def digest(*parts: Any) -> str:
    """SHA-256 of the parts as canonical JSON."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ask_model(
    store: Store,
    scrubber: Scrubber,
    model: ChatModel,
    requests: Sequence[Request],
    concurrency: int,
    progress: Progress | None = None,
) -> Given:
    """Answers to all requests: those in the store, and the rest from the model."""
    by_key = {request.key(model): request for request in requests}
    outputs = _read_known(store, by_key)
    missing = {key: request for key, request in by_key.items() if key not in outputs}
    known = len(outputs)
    if missing:
        scrubber.warm_up()  # no answer shall wait for the model to load

    def keep(answers: list[tuple[str, Answer]]) -> None:
        scrubbed = scrubber.scrub_groups([[("output", answer.text)] for _, answer in answers])
        rows = []
        for (key, answer), (text,) in zip(answers, scrubbed, strict=True):
            outputs[key] = text.text
            rows.append(_row(key, by_key[key], model.name, text.text, answer))
        with store.transaction() as connection:
            connection.executemany(sql("insert_answers"), rows)

    def report(done: int, total: int | None) -> None:
        if progress:
            progress(known + done, len(by_key))

    report(0, None)
    errors = ask_all([_job(model, k, r) for k, r in missing.items()], keep, concurrency, report)
    return Given(
        outputs={by_key[key].slot: text for key, text in outputs.items()},
        keys={by_key[key].slot: key for key in outputs},
        errors={by_key[key].slot: reason for key, reason in errors.items()},
        asked=sum(not reason.startswith("not asked") for reason in errors.values())
        + len(outputs)
        - known,
    )


def replay_answers(
    store: Store,
    scrubber: Scrubber,
    replay: Replay,
    examples: Sequence[Example],
    repeats: int,
    prompt_version: str,
    progress: Progress | None = None,
) -> Given:
    """Recorded answers, scrubbed and stored like a model's."""
    texts: dict[Slot, str] = {}
    errors: dict[Slot, str] = {}
    ideals = {example.case_id: example.output for example in examples}
    for example in examples:
        for repeat in range(repeats):
            try:
                texts[example.case_id, repeat] = replay.find((example.case_id, example.id), repeat)
            except ModelError as error:
                errors[example.case_id, repeat] = str(error)
    outputs = _scrub(scrubber, texts, ideals, progress)
    keys = {s: digest("replay", replay.name, *s, text) for s, text in outputs.items()}
    rows = [
        [keys[s], s[0], replay.name, prompt_version, replay.sha256, s[1], text, None, None, None]
        for s, text in outputs.items()
    ]
    if rows:
        with store.transaction() as connection:
            connection.executemany(sql("insert_answers"), rows)
    return Given(outputs, keys, errors)


def golden_answers(examples: Iterable[Example]) -> Given:
    """The reviewed ideal answers themselves."""
    return Given({(example.case_id, 0): example.output for example in examples})


def last_good_answers(
    store: Store, prompt: str, candidate: str, cases: Sequence[str]
) -> tuple[str | None, Given]:
    """The candidate's answers in its newest passing evaluation, and that evaluation's id."""
    wanted = set(cases)
    with store.transaction() as connection:
        rows = connection.execute(
            sql("last_good_answers"), {"prompt": prompt, "candidate": candidate}
        ).fetchall()
    given = Given()
    for _, case_id, repeat, key, output in rows:
        if case_id in wanted:
            given.outputs[case_id, repeat] = output
            given.keys[case_id, repeat] = key
    return (rows[0][0] if rows else None), given


def count_rounds(store: Store, prompt: str, candidate: str) -> int:
    """How many evaluations of this prompt and candidate are finished."""
    with store.transaction() as connection:
        row = connection.execute(
            sql("count_evaluations"), {"prompt": prompt, "candidate": candidate}
        ).fetchone()
    return int(row[0]) if row else 0


def _job(model: ChatModel, key: str, request: Request) -> Job[Answer]:
    return Job(key, lambda: model.ask(request.messages, request.parameters))


def _read_known(store: Store, by_key: Mapping[str, Request]) -> dict[str, str]:
    with store.transaction() as connection:
        rows = connection.execute(sql("known_answers"), {"keys": list(by_key)}).fetchall()
    return dict(rows)


def _row(key: str, request: Request, model: str, text: str, answer: Answer) -> list[object]:
    case_id, repeat = request.slot
    asked = [key, case_id, model, request.prompt_version, request.sha256, repeat]
    return [*asked, text, answer.input_tokens, answer.output_tokens, answer.latency_ms]


def _scrub(
    scrubber: Scrubber,
    texts: Mapping[Slot, str],
    ideals: Mapping[str, str],
    progress: Progress | None,
) -> dict[Slot, str]:
    """Texts that equal a case's ideal answer are scrubbed already."""
    outputs = {slot: text for slot, text in texts.items() if text == ideals[slot[0]]}
    rest = [slot for slot in texts if slot not in outputs]
    for start in range(0, len(rest), _REPLAY_BATCH):
        batch = rest[start : start + _REPLAY_BATCH]
        scrubbed = scrubber.scrub_groups([[("output", texts[slot])] for slot in batch])
        outputs |= {slot: text.text for slot, (text,) in zip(batch, scrubbed, strict=True)}
        if progress:
            progress(len(outputs), len(texts))
    return {slot: outputs[slot] for slot in texts}
