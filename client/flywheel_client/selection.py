"""What a query selects: few-shot examples, as records and as chat messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

ChatMessage = dict[str, Any]

CHARS_PER_TOKEN: Final = 4
_SENT: Final = ("user", "assistant")


def text_of(message: Mapping[str, Any]) -> str:
    """A message's content as one string, parts joined by a newline."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content)


def question_of(messages: Sequence[Mapping[str, Any]]) -> str:
    """What is embedded of an example: its last user message, and nothing else.

    A query is one question; system prompts and earlier turns are alike over many examples and
    would only pull all of them together. Without a user message it is the last message.
    """
    asked = [message for message in messages if message["role"] == "user"]
    return text_of((asked or list(messages))[-1])


def chat_messages(messages: Sequence[Mapping[str, Any]], output: str) -> list[ChatMessage]:
    """An example as a prompt shows it: its user and assistant turns, then the ideal answer.

    System messages are left out (the prompt has its own), and tool messages, which the API
    refuses without the calls that they answer.
    """
    turns = [
        {"role": message["role"], "content": message["content"]}
        for message in messages
        if message["role"] in _SENT
    ]
    return [*turns, {"role": "assistant", "content": output}]


def estimate_tokens(messages: Sequence[Mapping[str, Any]]) -> int:
    """About how many tokens these messages cost: their characters / 4, rounded up.

    An estimate for English text; a tokenizer of one model would be wrong for another.
    """
    characters = sum(len(text_of(message)) for message in messages)
    return -(-characters // CHARS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Example:
    """One few-shot example of a release."""

    id: str
    messages: tuple[ChatMessage, ...]
    output: str
    feature: str | None
    tags: dict[str, str]
    score: float
    """Cosine similarity with the query, -1 to 1, rounded to 6 decimals."""
    tokens: int
    """About what it adds to the prompt; see `estimate_tokens`."""

    @property
    def question(self) -> str:
        """Its last user message: what the query was compared with."""
        return question_of(self.messages)

    def chat(self) -> list[ChatMessage]:
        """Its user and assistant turns, then the ideal answer."""
        return chat_messages(self.messages, self.output)


@dataclass(frozen=True, slots=True)
class Selection:
    """The examples for one query, in the order chosen, and the release that they are from."""

    release: str | None
    """None while no release could be read: then there are no examples either."""
    examples: tuple[Example, ...]
    problem: str | None = None
    """Why nothing could be selected; none when the bank answered, be it with no example."""
    withheld: tuple[str, ...] = ()
    """Ids of examples that were selected and are kept back to measure what they do."""
    withhold: float = 0.0
    """The probability with which they were; see `exposure`."""

    @property
    def ids(self) -> list[str]:
        """The examples' ids: log them, with `release`, as the event's `few_shot`."""
        return [example.id for example in self.examples]

    @property
    def few_shot(self) -> dict[str, Any] | None:
        """What the interaction event says of it, under this key; none without a release."""
        if self.release is None:
            return None
        shown = {"release": self.release, "ids": self.ids}
        if self.withhold == 0:
            return shown
        return shown | {"withheld": list(self.withheld), "probability": self.withhold}

    @property
    def tokens(self) -> int:
        """About what all of them add to the prompt."""
        return sum(example.tokens for example in self.examples)

    def messages(self) -> list[ChatMessage]:
        """OpenAI chat messages, to stand between the system message and the question."""
        return [message for example in self.examples for message in example.chat()]

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    def __len__(self) -> int:
        return len(self.examples)
