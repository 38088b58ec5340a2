"""What a model is asked: the rendered prompt with few-shot examples, never one of a golden case."""

from collections.abc import Sequence
from dataclasses import dataclass

from flywheel.promote import refuse_leaks
from flywheel.prompt import ChatMessage, Prompt
from flywheel.settings import Settings
from flywheel.steps.answers import Request
from flywheel_client import Bank
from schemas.event import Message
from schemas.example import Example


@dataclass(frozen=True)
class FewShot:
    """The bank of the current release, checked against the golden set."""

    bank: Bank
    golden_cases: frozenset[str]

    @property
    def release(self) -> str:
        """The id of the release."""
        return str(self.bank.release)

    def examples_for(self, question: str, k: int, max_tokens: int | None) -> list[ChatMessage]:
        """The nearest examples as message pairs; those of golden cases are out of reach."""
        if k == 0 or len(self.bank) == 0:
            return []
        chosen = self.bank.select(
            question, k=k, max_tokens=max_tokens, exclude_cases=self.golden_cases
        )
        messages = [Message.model_validate(message) for message in chosen.messages()]
        return [ChatMessage(message.role, message.text) for message in messages]


def open_few_shot(settings: Settings, golden: Sequence[Example]) -> FewShot:
    """The bank, after a look that it shares no case and no question with the golden set.

    Raises `LeakError` for a release that does: nothing is evaluated on it.
    """
    from flywheel.bank import open_bank, read_bank

    bank = open_bank(settings)
    refuse_leaks([*golden, *read_bank(settings)])
    return FewShot(bank, frozenset(example.case_id for example in golden))


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
        shown = few_shot.examples_for(question, plan.k, plan.max_tokens)
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
