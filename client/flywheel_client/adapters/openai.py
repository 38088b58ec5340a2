"""The plain `openai` client: examples in, the answer out, the interaction event on its way."""

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flywheel_client.bank import Bank
from flywheel_client.selection import ChatMessage, Selection, question_of

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion


def with_examples(messages: Sequence[ChatMessage], selection: Selection) -> list[ChatMessage]:
    """The messages with the examples after the leading system messages, before the dialogue."""
    start = next(
        (i for i, m in enumerate(messages) if m["role"] not in ("system", "developer")),
        len(messages),
    )
    return [*messages[:start], *selection.messages(), *messages[start:]]


def complete(
    client: "OpenAI",
    bank: Bank,
    messages: Sequence[ChatMessage],
    *,
    model: str,
    select: dict[str, Any] | None = None,
    event: dict[str, Any] | None = None,
    **options: Any,
) -> tuple["ChatCompletion", str]:
    """One answer, and the id of its interaction: what `bank.feedback` is told later.

    `select` has the options of `Bank.select`, `event` further keys of the interaction (`user`,
    `feature`, `tenant`, ...), `options` those of the completion. Raises what `openai` raises.
    """
    selection = bank.select(question_of(messages), **select or {})
    shown: Any = with_examples(messages, selection)  # openai types each role for itself
    started = perf_counter()
    completion: ChatCompletion = client.chat.completions.create(
        model=model, messages=shown, **options
    )
    usage = completion.usage
    fields: dict[str, Any] = {
        "messages": list(messages),
        "output": completion.choices[0].message.content or "",
        "model": completion.model,
        "latency_ms": round((perf_counter() - started) * 1000, 1),
    }
    if selection.few_shot is not None:
        fields["few_shot"] = selection.few_shot
    if usage is not None:
        counts = {"input_tokens": usage.prompt_tokens, "output_tokens": usage.completion_tokens}
        fields["usage"] = counts
    return completion, bank.interaction(**fields | (event or {}))
