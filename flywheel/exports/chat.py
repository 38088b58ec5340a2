"""What the forms share: an example as plain chat messages, and as one line of JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from schemas.event import Message
from schemas.example import Example

_ROLES: Final = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}
"""Tool messages are left out: a reader refuses them without the calls that they answer."""

Turn = dict[str, Any]


def line(value: Mapping[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def documents(example: Example) -> str:
    """The example's context as the shipped prompts show it; empty without any."""
    return "\n".join(
        f'<document id="{document.id}">\n{document.text}\n</document>'
        for document in example.context
    )


def question(example: Example) -> str:
    """The text of its last user message, or of its last one where no user spoke."""
    return example.messages[_last(example.messages)].text


def history(example: Example) -> list[Turn]:
    """The messages in front of the question."""
    return _turns(example.messages[: _last(example.messages)])


def prompt(example: Example) -> list[Turn]:
    """All that a model has to see to answer: history, documents, question."""
    shown = documents(example)
    asked = f"{shown}\n\n{question(example)}" if shown else question(example)
    return [*history(example), {"role": "user", "content": asked}]


def _last(messages: Sequence[Message]) -> int:
    return max((i for i, m in enumerate(messages) if m.role == "user"), default=len(messages) - 1)


def _turns(messages: Sequence[Message]) -> list[Turn]:
    return [{"role": _ROLES[m.role], "content": m.text} for m in messages if m.role in _ROLES]
