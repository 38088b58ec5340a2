"""Each form says what its reader expects; the readers themselves are in tests/tools."""

import io
import json
from typing import Any

import pyarrow.parquet as pq
import pytest

from flywheel.exports import Form, encode
from tests.flywheel.exports.cases import TEMPLATE, examples


def lines(form: Form) -> list[Any]:
    """What a form writes, each line parsed."""
    return [json.loads(piece) for piece in encode(examples(), form)]


@pytest.mark.parametrize("form", Form)
def test_the_same_examples_give_the_same_bytes(form: Form) -> None:
    """An export can be compared, cached and kept under version control; none gives a valid file."""
    assert list(encode(examples(), form)) == list(encode(examples(), form))
    nothing = b"".join(encode([], form))
    assert nothing == b"" or pq.read_table(io.BytesIO(nothing)).num_rows == 0


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.HUGGINGFACE])
def test_a_line_is_one_object_in_utf_8(form: Form) -> None:
    """No line break inside, other scripts readable as they are."""
    pieces = list(encode(examples(), form))
    assert len(pieces) == 4
    assert all(piece.count(b"\n") == 1 and piece.endswith(b"\n") for piece in pieces)
    assert "München".encode() in pieces[1]


def test_documents_stand_before_the_question_and_after_the_history() -> None:
    """A model that learns or is asked sees what the answer rests on; tool messages are left out."""
    messages = lines(Form.OPENAI)[1]["messages"]
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
    ]
    assert messages[3]["content"] == (
        '<document id="p 1">\nUmsatz: 5 Mio. €\n</document>\n\nAnd in „München“?'
    )
    assert messages[4] == {"role": "assistant", "content": "€5 million\nin München"}
    assert lines(Form.INSPECT)[1]["input"][3] == messages[3]


def test_only_the_reviewed_answer_is_learnt() -> None:
    """Nobody approved what the model said earlier in the dialogue."""
    assert [message.get("weight") for message in lines(Form.OPENAI)[1]["messages"]] == [
        None,
        None,
        0,
        None,
        None,
    ]


def test_a_text_without_template_marks_is_left_alone() -> None:
    """Readable test cases; only what promptfoo would render is wrapped."""
    plain, _, hostile, _ = lines(Form.PROMPTFOO)
    assert plain["vars"]["question"] == "What was revenue in 2019?"
    wrapped = hostile["vars"]["question"]
    assert wrapped.startswith("{% raw %}")
    assert wrapped.endswith("{% endraw %}")
    assert TEMPLATE not in wrapped


def test_every_dspy_record_has_the_same_keys_of_the_same_types() -> None:
    """It is read as a table: a missing feature is an empty string, tags are JSON."""
    shapes = {
        tuple((key, type(value).__name__) for key, value in record.items())
        for record in lines(Form.DSPY)
    }
    assert len(shapes) == 1
    assert lines(Form.DSPY)[1]["history"][-1] == {"role": "assistant", "content": "$4 million"}


def test_the_parquet_file_keeps_its_types_when_it_is_empty() -> None:
    """A pipeline that reads the first, empty export does not break on the second."""
    full, empty = (
        pq.read_schema(io.BytesIO(b"".join(encode(some, Form.HUGGINGFACE))))
        for some in (examples(), [])
    )
    assert full.equals(empty)
    assert {"prompt", "completion", "id", "tags"} <= set(full.names)
