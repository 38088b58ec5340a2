"""Events as rows: what of an event is scrubbed, and the frames that have the tables' columns."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from pydantic_core import to_json

from flywheel.dedupe import keys_of
from flywheel.pseudonym import session_key, stored_id, user_key
from schemas.event import Feedback, Interaction, Message
from schemas.signal import SIGNALS

if TYPE_CHECKING:
    from flywheel.scrub import Field

_TIME: Final = pl.Datetime("us", "UTC")
_IS: Final = ": "
_STRINGS: Final = ("app", "feature", "tenant", "cohort", "model", "provider", "system_fingerprint")

INTERACTION_COLUMNS: Final[dict[str, Any]] = {
    "id": pl.String,
    "time": _TIME,
    **dict.fromkeys(_STRINGS, pl.String),
    "user_key": pl.String,
    "session_key": pl.String,
    "prompt_name": pl.String,
    "prompt_version": pl.String,
    "few_shot_release": pl.String,
    "few_shot_ids": pl.List(pl.String),
    "few_shot_withheld": pl.List(pl.String),
    "few_shot_probability": pl.Float64,
    "messages": pl.String,
    "context": pl.String,
    "output": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cost_usd": pl.Float64,
    "latency_ms": pl.Float64,
    "consent": pl.Boolean,
    "tags": pl.String,
    "content_key": pl.String,
    "case_id": pl.String,
}
FEEDBACK_COLUMNS: Final[dict[str, Any]] = {
    "id": pl.String,
    "time": _TIME,
    "interaction_id": pl.String,
    "signal": pl.String,
    "kind": pl.String,
    "value": pl.Float64,
    "comment": pl.String,
    "correction": pl.String,
    "user_key": pl.String,
    "tags": pl.String,
}


def texts_of(event: Interaction | Feedback) -> list[tuple["Field", str]]:
    """Every string of an event that an application, a person or a model wrote, for the scrubber.

    One group. A tag goes as "key: value", for the key tells what the value is. Not here: `user`,
    `session` and the ids, which are stored as keyed pseudonyms (`flywheel.pseudonym`).
    """
    return list(_texts(event))


def _texts(event: Interaction | Feedback) -> Iterator[tuple["Field", str]]:
    if isinstance(event, Interaction):
        for message in event.messages:
            if isinstance(message.content, str):
                yield "messages", message.content
            else:
                yield from (("messages", part.text) for part in message.content)
        yield "output", event.output
        for document in event.context:
            yield "context", document.text
            yield "label", document.id
        yield from (("label", label) for label in _labels(event))
    else:
        if event.comment is not None:
            yield "comment", event.comment
        if event.correction is not None:
            yield "correction", event.correction
    yield from (("tags", f"{key}{_IS}{value}") for key, value in event.tags.items())


def _labels(event: Interaction) -> Iterator[str]:
    """What says where an answer came from: slices are made of it, so its names stay."""
    yield from filter(None, (getattr(event, name) for name in _STRINGS))
    if event.prompt:
        yield from (event.prompt.name, event.prompt.version)
    if event.few_shot:
        yield from (event.few_shot.release, *event.few_shot.ids, *event.few_shot.withheld)


def with_texts(event: Interaction | Feedback, texts: Sequence[str]) -> Interaction | Feedback:
    """The event with other texts, in the order in which `texts_of` gave them."""
    rest = iter(texts)
    if isinstance(event, Interaction):
        changed: dict[str, Any] = {
            "messages": [_with_content(message, rest) for message in event.messages],
            "output": next(rest),
            "context": [
                d.model_copy(update={"text": next(rest), "id": next(rest)}) for d in event.context
            ],
            **{name: next(rest) for name in _STRINGS if getattr(event, name)},
        }
        if event.prompt:
            said = {"name": next(rest), "version": next(rest)}
            changed["prompt"] = event.prompt.model_copy(update=said)
        if event.few_shot:
            used = {
                "release": next(rest),
                "ids": [next(rest) for _ in event.few_shot.ids],
                "withheld": [next(rest) for _ in event.few_shot.withheld],
            }
            changed["few_shot"] = event.few_shot.model_copy(update=used)
    else:
        changed = {
            "comment": None if event.comment is None else next(rest),
            "correction": None if event.correction is None else next(rest),
        }
    changed["tags"] = _joined(_tag(key, next(rest)) for key in event.tags)
    return event.model_copy(update=changed)


def _joined(tags: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value for each key: two keys that held the same person are one when scrubbed."""
    joined: dict[str, str] = {}
    for key, value in tags:
        joined[key] = f"{joined[key]}; {value}" if key in joined else value
    return joined


def _tag(key: str, scrubbed: str) -> tuple[str, str]:
    if scrubbed.startswith(key + _IS):
        return key, scrubbed[len(key) + len(_IS) :]
    name, found, value = scrubbed.partition(_IS)
    return (name, value) if found else ("scrubbed", scrubbed)  # one finding over key and value


def _with_content(message: Message, rest: Iterator[str]) -> Message:
    if isinstance(message.content, str):
        return message.model_copy(update={"content": next(rest)})
    parts = [part.model_copy(update={"text": next(rest)}) for part in message.content]
    return message.model_copy(update={"content": parts})


def interaction_row(event: Interaction, key: bytes) -> dict[str, Any]:
    """One row of `interactions`, from a scrubbed event."""
    prompt, few_shot, usage = event.prompt, event.few_shot, event.usage
    content, case = keys_of(key, event)
    return {
        **_shared(event, key),
        **{name: getattr(event, name) for name in _STRINGS},
        "session_key": session_key(key, event.session) if event.session else None,
        "prompt_name": prompt.name if prompt else None,
        "prompt_version": prompt.version if prompt else None,
        "few_shot_release": few_shot.release if few_shot else None,
        "few_shot_ids": few_shot.ids if few_shot else None,
        "few_shot_withheld": few_shot.withheld if few_shot else None,
        "few_shot_probability": few_shot.probability if few_shot else None,
        "messages": _json(event.messages),
        "context": _json(event.context),
        "output": event.output,
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "cost_usd": event.cost_usd,
        "latency_ms": event.latency_ms,
        "consent": event.consent,
        "content_key": content,
        "case_id": case,
    }


def feedback_row(event: Feedback, key: bytes) -> dict[str, Any]:
    """One row of `feedback`, from a scrubbed event."""
    return {
        **_shared(event, key),
        "interaction_id": stored_id(key, event.interaction_id),
        "signal": event.signal.value,
        "kind": SIGNALS[event.signal].kind,
        "value": event.value,
        "comment": event.comment,
        "correction": event.correction,
    }


def _shared(event: Interaction | Feedback, key: bytes) -> dict[str, Any]:
    return {
        "id": stored_id(key, event.id),
        "time": event.time.astimezone(UTC),
        "user_key": user_key(key, event.user) if event.user else None,
        "tags": _json(event.tags),
    }


def _json(value: object) -> str:
    return to_json(value).decode()


def interaction_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of `interactions` as a frame; typed even when empty."""
    return pl.DataFrame(rows, schema=INTERACTION_COLUMNS)


def feedback_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of `feedback` as a frame; typed even when empty."""
    return pl.DataFrame(rows, schema=FEEDBACK_COLUMNS)
