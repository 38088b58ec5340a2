"""Every rule of the event format, with the reason code that its breach gets."""

import json
from typing import Any

import pytest

from flywheel.parse import parse_line
from flywheel.sources.lines import Position, RawLine
from schemas.event import Feedback, Interaction, Message
from schemas.fault import Fault, Reason
from tests.streams import feedback, interaction


def parse(event: object) -> Interaction | Feedback | Fault | None:
    """What a line of this JSON, or of these bytes, becomes."""
    data = event if isinstance(event, bytes) else json.dumps(event).encode()
    line = RawLine(1, 0, Position(len(data) + 1, 2), data)
    return parse_line(line, "events.jsonl")


def fault(event: object) -> tuple[str, str | None]:
    """The reason and the key of a line that must be malformed."""
    parsed = parse(event)
    assert isinstance(parsed, Fault), parsed
    return parsed.reason, parsed.field


def user(content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content}]}


FULL = {
    "context": [{"id": "d-1", "text": "Revenue was $85.1 million."}],
    "cohort": "beta",
    "session": "s-1",
    "model": "v1",
    "provider": "local",
    "system_fingerprint": "fp_1",
    "prompt": {"name": "earnings_qa", "version": "1"},
    "few_shot": {"release": "r-1", "ids": ["e-1", "e-2"]},
    "usage": {"input_tokens": 12, "output_tokens": 0},
    "cost_usd": 0.01,
    "latency_ms": 120,
    "consent": False,
    "tags": {"region": "EU"},
}


def test_an_interaction_with_every_key_is_read() -> None:
    """All keys of the format's table are known."""
    event = parse(interaction(**FULL))
    assert isinstance(event, Interaction)
    assert event.usage is not None and event.usage.output_tokens == 0
    assert event.few_shot is not None and event.few_shot.ids == ["e-1", "e-2"]
    assert event.latency_ms == 120 and event.consent is False
    assert set(Interaction.model_fields) >= set(FULL)


def test_only_the_required_keys_are_needed() -> None:
    """The rest has defaults; consent is given unless it is refused."""
    event = parse(interaction(app=None, feature=None, tenant=None, user=None))
    assert isinstance(event, Interaction)
    assert event.consent is True and event.context == [] and event.tags == {}


def test_an_empty_answer_is_a_fact() -> None:
    """`output` may be empty."""
    event = parse(interaction(output=""))
    assert isinstance(event, Interaction) and event.output == ""


def test_content_is_a_string_or_text_parts() -> None:
    """Both OpenAI forms are read; a part's other keys are not an error."""
    parts = [{"type": "text", "text": "a", "cache_control": {}}, {"type": "text", "text": "b"}]
    event = parse(interaction(**user(parts)))
    assert isinstance(event, Interaction)
    assert event.messages[0].text == "a\nb"


def test_a_message_may_carry_keys_that_are_not_kept() -> None:
    """`name`, `tool_calls` and the like do not make a line malformed."""
    message = {"role": "assistant", "content": "x", "name": "n", "tool_calls": []}
    event = parse(interaction(messages=[message]))
    assert isinstance(event, Interaction)
    assert event.messages == [Message(role="assistant", content="x")]


def test_unknown_keys_are_kept_under_tags() -> None:
    """Strings as they are, the rest as JSON; a tag of that name wins."""
    event = parse(interaction(region="EU", score=3, more={"a": [1]}, tags={"region": "US"}))
    assert isinstance(event, Interaction)
    assert event.tags == {"region": "US", "score": "3", "more": '{"a":[1]}'}


@pytest.mark.parametrize("name", ["id", "time", "messages", "output"])
def test_an_interaction_needs(name: str) -> None:
    """Each required key, by its name."""
    assert fault(interaction(**{"id": "i-1", name: None})) == (Reason.KEY_MISSING, name)


@pytest.mark.parametrize("name", ["id", "time", "interaction_id", "signal"])
def test_feedback_needs(name: str) -> None:
    """Each required key, by its name."""
    assert fault(feedback(**{"id": "f-1", name: None})) == (Reason.KEY_MISSING, name)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": ', Reason.NOT_JSON),
        (b"not json", Reason.NOT_JSON),
        (b'{"type": "feedback", "id": "\\ud800"}', Reason.NOT_JSON),
        (b"[" * 5000, Reason.NOT_JSON),
        (b'{"id": "\xff"}', Reason.NOT_UTF8),
        ('{"id": "é"}'.encode("utf-16"), Reason.NOT_UTF8),
        (b"[]", Reason.NOT_OBJECT),
        (b"5", Reason.NOT_OBJECT),
        (b"null", Reason.NOT_OBJECT),
        (b"{}", Reason.TYPE_MISSING),
        (b'{"type": "purchase"}', Reason.TYPE_UNKNOWN),
        (b'{"type": 5}', Reason.TYPE_UNKNOWN),
    ],
)
def test_a_line_that_is_no_event(line: bytes, reason: Reason) -> None:
    """What is wrong before any key is looked at."""
    assert fault(line)[0] == reason


@pytest.mark.parametrize(
    ("keys", "reason", "field"),
    [
        ({"id": ""}, Reason.STRING_EMPTY, "id"),
        ({"id": " \t"}, Reason.STRING_EMPTY, "id"),
        ({"id": 5}, Reason.KEY_TYPE, "id"),
        ({"messages": []}, Reason.LIST_EMPTY, "messages"),
        ({"messages": "hello"}, Reason.KEY_TYPE, "messages"),
        ({"messages": [{"content": "x"}]}, Reason.KEY_MISSING, "messages.role"),
        ({"messages": [{"role": "user"}]}, Reason.KEY_MISSING, "messages.content"),
        ({"messages": [{"role": "bot", "content": ""}]}, Reason.ROLE_UNKNOWN, "messages.role"),
        (user(5), Reason.KEY_TYPE, "messages.content"),
        (user(["x"]), Reason.KEY_TYPE, "messages.content"),
        (user([{"type": "image", "text": "x"}]), Reason.PART_UNKNOWN, "messages.content.type"),
        (user([{"type": "text"}]), Reason.KEY_MISSING, "messages.content.text"),
        ({"output": 5}, Reason.KEY_TYPE, "output"),
        ({"context": [{"id": "d"}]}, Reason.KEY_MISSING, "context.text"),
        ({"context": "d"}, Reason.KEY_TYPE, "context"),
        ({"user": 17}, Reason.KEY_TYPE, "user"),
        ({"prompt": {"name": "p"}}, Reason.KEY_MISSING, "prompt.version"),
        ({"prompt": "p"}, Reason.KEY_TYPE, "prompt"),
        ({"few_shot": {"release": "r", "ids": [5]}}, Reason.KEY_TYPE, "few_shot.ids"),
        (
            {"few_shot": {"release": "r", "ids": [], "withheld": "e"}},
            Reason.KEY_TYPE,
            "few_shot.withheld",
        ),
        (
            {"few_shot": {"release": "r", "ids": [], "probability": 0.6}},
            Reason.NUMBER_RANGE,
            "few_shot.probability",
        ),
        ({"usage": {"input_tokens": -1}}, Reason.NUMBER_RANGE, "usage.input_tokens"),
        ({"usage": {"input_tokens": 2**63}}, Reason.NUMBER_RANGE, "usage.input_tokens"),
        ({"usage": {"output_tokens": 1.5}}, Reason.KEY_TYPE, "usage.output_tokens"),
        ({"cost_usd": -0.01}, Reason.NUMBER_RANGE, "cost_usd"),
        ({"cost_usd": float("nan")}, Reason.NUMBER_NOT_FINITE, "cost_usd"),
        ({"latency_ms": float("inf")}, Reason.NUMBER_NOT_FINITE, "latency_ms"),
        ({"latency_ms": "fast"}, Reason.KEY_TYPE, "latency_ms"),
        ({"consent": "yes"}, Reason.KEY_TYPE, "consent"),
        ({"tags": {"a": 1}}, Reason.KEY_TYPE, "tags"),
        ({"tags": []}, Reason.KEY_TYPE, "tags"),
    ],
)
def test_a_rule_of_interactions(keys: dict[str, Any], reason: Reason, field: str) -> None:
    """Each rule that an interaction can break has its code and names its key."""
    assert fault(interaction(**keys)) == (reason, field)


@pytest.mark.parametrize(
    "time",
    [
        "2025-01-06",
        "2025-01-06T09:00:00",
        "2025-01-06T09:00Z",
        "2025-13-06T09:00:00Z",
        "2025-01-06T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "06/01/2025",
        "",
        1736154000,
    ],
)
def test_a_time_is_rfc_3339_with_an_offset(time: object) -> None:
    """Everything else is refused: no guess at a zone."""
    assert fault(interaction(time=time)) == (Reason.TIME_INVALID, "time")


@pytest.mark.parametrize(
    "time",
    ["2025-01-06T09:00:00Z", "2025-01-06t09:00:00.123456789z", "2025-01-06 10:00:00+01:00"],
)
def test_rfc_3339_in_all_its_forms(time: str) -> None:
    """Upper or lower case, a fraction of any length, a blank for the T."""
    event = parse(feedback(time=time))
    assert isinstance(event, Feedback)
    assert event.time.utctimetuple()[:5] == (2025, 1, 6, 9, 0)


def test_a_fault_never_quotes_what_it_found() -> None:
    """Neither a value nor a key that somebody made up stands in it."""
    secret = "jane.doe@example.org"
    for event in (
        interaction(id=5, output=secret),
        interaction(tags={secret: 5}),
        interaction(messages=[{"role": secret, "content": secret}]),
        {"type": secret},
        feedback(signal=secret),
    ):
        parsed = parse(event)
        assert isinstance(parsed, Fault)
        assert secret not in parsed.model_dump_json()


def test_a_blank_line_is_no_fault() -> None:
    """White space alone is nothing."""
    assert parse(b"  \t") is None


def test_a_byte_order_mark_is_stepped_over() -> None:
    """Some editors and shells write one at the start of a file."""
    assert isinstance(parse(b"\xef\xbb\xbf" + json.dumps(feedback()).encode()), Feedback)
