"""What counts as the same content and the same case: keyed hashes of normalised, scrubbed text."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from flywheel.pseudonym import keyed_hash
from schemas.event import ContextDocument, Message


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
    return keyed_hash(key, "case", *_input_parts(messages, context))


def content_key(
    key: bytes,
    messages: Sequence[Message],
    context: Sequence[ContextDocument],
    output: str,
    tenant: str | None,
) -> str:
    """Equal for a retry under a new id: same input, same answer, same tenant."""
    owner = ("tenant", tenant) if tenant is not None else ("no tenant",)
    return keyed_hash(key, "content", *owner, normalise(output), *_input_parts(messages, context))


def _input_parts(messages: Sequence[Message], context: Sequence[ContextDocument]) -> Iterator[str]:
    yield str(len(messages))
    for message in messages:
        yield message.role
        yield normalise(message.text)
    for document in context:
        yield normalise(document.text)
