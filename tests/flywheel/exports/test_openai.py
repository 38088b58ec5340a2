"""The fine-tuning file passes the checks that OpenAI publishes for it."""

import json
from collections import Counter
from typing import Any

import pytest

from flywheel.exports import Form, encode
from tests.flywheel.exports.cases import examples

_ROLES = {"system", "user", "assistant", "function"}
_KEYS = {"role", "content", "name", "function_call", "weight"}


def faults(rows: list[Any]) -> Counter[str]:
    """The format errors of "Data preparation and analysis for chat model fine-tuning", OpenAI
    Cookbook, in its words; and that a weight is 0 or 1 and the last message is the answer.
    """
    found: Counter[str] = Counter()
    for row in rows:
        if not isinstance(row, dict):
            found["data_type"] += 1
            continue
        messages = row.get("messages")
        if not messages:
            found["missing_messages_list"] += 1
            continue
        for message in messages:
            found["message_missing_key"] += not {"role", "content"} <= message.keys()
            found["message_unrecognized_key"] += bool(message.keys() - _KEYS)
            found["unrecognized_role"] += message.get("role") not in _ROLES
            content = message.get("content")
            found["missing_content"] += not isinstance(content, str) or not content
            found["weight"] += message.get("weight", 1) not in (0, 1)
        roles = [message["role"] for message in messages]
        found["example_missing_assistant_message"] += "assistant" not in roles
        found["answer_not_last"] += roles[-1:] != ["assistant"]
    return +found


def test_the_export_has_none_of_the_published_faults() -> None:
    """Whatever the examples hold: turns, tools, documents, parts, no user."""
    assert not faults([json.loads(line) for line in encode(examples(), Form.OPENAI)])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ([], "data_type"),
        ({"messages": []}, "missing_messages_list"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "unrecognized_role"),
        ({"messages": [{"role": "user", "content": [{}]}]}, "missing_content"),
        ({"messages": [{"role": "user", "content": "x", "id": 1}]}, "message_unrecognized_key"),
        ({"messages": [{"role": "user", "content": "x"}]}, "example_missing_assistant_message"),
    ],
)
def test_the_check_finds_what_it_is_for(row: object, fault: str) -> None:
    """A check that finds nothing in a broken file would prove nothing."""
    assert fault in faults([row])
