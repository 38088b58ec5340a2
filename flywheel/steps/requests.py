"""What a model is asked: the rendered prompt with few-shot examples, never one of a golden case."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flywheel.errors import InputError
from flywheel.promote import find_leaks, refuse_leaks
from flywheel.prompt import ChatMessage, Prompt
from flywheel.settings import Settings
from flywheel.steps.answers import Request
from flywheel.store import open_store
from flywheel_client import Bank
from schemas.event import Message
from schemas.example import Example

NONE: Final = "none"
RELEASE: Final = "release:"


@dataclass(frozen=True)
class FewShot:
    """The bank of a release, or none, and which of its cases no evaluation may show."""

    bank: Bank | None
    golden_cases: frozenset[str]
    hidden: int = 0
    """Examples that today's golden set has taken over: they are out of reach."""

    def examples_for(
        self, question: str, k: int, max_tokens: int | None, tenant: str | None
    ) -> list[ChatMessage]:
        """The nearest examples as message pairs; those of golden cases are out of reach.

        `tenant` is whose case it is: examples of others are, too, as they are in production.
        """
        if k == 0 or self.bank is None or len(self.bank) == 0:
            return []
        chosen = self.bank.select(
            question,
            k=k,
            max_tokens=max_tokens,
            tenant=tenant,
            exclude_cases=self.golden_cases,
        )
        messages = [Message.model_validate(message) for message in chosen.messages()]
        return [ChatMessage(message.role, message.text) for message in messages]


def open_few_shot(
    settings: Settings, golden: Sequence[Example], source: str | None = None
) -> FewShot:
    """The bank of the current release, of `release:ID`, or `none`.

    Raises `LeakError` when the current one shares a case or question with the golden set: nothing
    is evaluated on it. An earlier one may, since cases move: such examples are hidden.
    """
    from flywheel.bank import open_bank, read_bank
    from flywheel.steps.cluster import with_current_cases

    def today(bank: Sequence[Example]) -> list[Example]:
        return with_current_cases(open_store(settings), settings.key, [*golden, *bank])

    cases = frozenset(case for one in golden for case in (one.case_id, one.cluster or one.case_id))
    if source is None:
        refuse_leaks(today(read_bank(settings)))
        return FewShot(open_bank(settings), cases)
    if source == NONE:
        return FewShot(None, cases)
    if not source.startswith(RELEASE):
        raise InputError("--few-shot: release:ID or none is needed; see: flywheel release list")
    release = source.removeprefix(RELEASE)
    bank = read_bank(settings, release)
    in_release = {example.id: example.case_id for example in bank}
    leaked = {in_release[example.id] for example, _ in find_leaks(today(bank))}
    return FewShot(open_bank(settings, release), cases | leaked, len(leaked))


def render_requests(
    prompt: Prompt, few_shot: FewShot, examples: Sequence[Example], repeats: int, turn: int
) -> list[Request]:
    """One request for each case and repeat; raises `PromptError`."""
    plan = prompt.header.few_shot
    requests = []
    for example in examples:
        question, history = _split(example)
        values = {
            "question": question,
            "context": [document.model_dump() for document in example.context],
            "history": [message.as_dict() for message in history],
            "feature": example.feature or "",
            "tenant": example.tenant or "",
        }
        shown = few_shot.examples_for(question, plan.k, plan.max_tokens, example.tenant)
        messages = tuple(prompt.render(values, [*shown, *history]))
        requests += [
            Request(
                slot=(example.case_id, repeat),
                messages=messages,
                parameters=prompt.header.parameters,
                prompt_version=prompt.version,
                round=turn,
            )
            for repeat in range(repeats)
        ]
    return requests


def _split(example: Example) -> tuple[str, list[ChatMessage]]:
    """The question and the turns before it; system messages are the prompt's own business."""
    messages = example.messages
    last = max((i for i, m in enumerate(messages) if m.role == "user"), default=len(messages) - 1)
    history = [
        ChatMessage(m.role, m.text) for m in messages[:last] if m.role in ("user", "assistant")
    ]
    return messages[last].text, history
