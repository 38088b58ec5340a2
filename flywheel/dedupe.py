"""What counts as the same content and the same case: keyed hashes of normalised, scrubbed text."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from flywheel.pseudonym import frame, hash_framed
from schemas.event import ContextDocument, Interaction, Message


@lru_cache(maxsize=32)  # an event's texts are asked for twice, and documents come many times
def normalise(text: str) -> str:
    """The text folded: width, ligatures, case and white space do not tell two texts apart.

    Compatibility caseless matching, The Unicode Standard, section 3.13, D146; then runs of white
    space become one space. Normalising twice changes nothing.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFD", text).casefold()
    folded = unicodedata.normalize("NFKD", folded).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def case_id(key: bytes, messages: Sequence[Message], context: Sequence[ContextDocument]) -> str:
    """The case of an input: same messages and same documents, whoever asked and whenever.

    A document's id does not matter, its text and place do.
    """
    return _case_of(key, frame(*_input_parts(messages, context)))


def content_key(
    key: bytes,
    messages: Sequence[Message],
    context: Sequence[ContextDocument],
    output: str,
    tenant: str | None,
) -> str:
    """Equal for a retry under a new id: same input, same answer, same tenant."""
    return _content_of(key, frame(*_input_parts(messages, context)), output, tenant)


def keys_of(key: bytes, event: Interaction) -> tuple[str, str]:
    """The content key and the case of an event: its input is put together once for both."""
    framed = frame(*_input_parts(event.messages, event.context))
    return _content_of(key, framed, event.output, event.tenant), _case_of(key, framed)


def _case_of(key: bytes, framed: bytes) -> str:
    return hash_framed(key, frame("case") + framed)


def _content_of(key: bytes, framed: bytes, output: str, tenant: str | None) -> str:
    owner = ("tenant", tenant) if tenant is not None else ("no tenant",)
    return hash_framed(key, frame("content", *owner, normalise(output)) + framed)


def _input_parts(messages: Sequence[Message], context: Sequence[ContextDocument]) -> Iterator[str]:
    yield str(len(messages))
    for message in messages:
        yield message.role
        yield normalise(message.text)
    for document in context:
        yield normalise(document.text)
