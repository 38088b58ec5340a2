"""The judge's reply: its form, and what becomes of it."""

import json

import pytest

from flywheel.errors import ModelError
from flywheel.scorers.judge import judge_schema, judged, not_judged, parse_judgement
from schemas.evaluation import Judgement

GRADES = {
    "accuracy_reason": "Right.",
    "accuracy": 5,
    "tone_reason": "Plain.",
    "tone": 4,
    "formatting_reason": "Clean.",
    "formatting": 3,
}


def test_three_grades_with_reasons_and_the_judges_version() -> None:
    """Each grade is a score of its own."""
    scores = judged(parse_judgement(json.dumps(GRADES)), "m@abc")
    assert [(s.scorer, s.value, s.reason, s.version) for s in scores] == [
        ("judge.accuracy", 5, "Right.", "m@abc"),
        ("judge.tone", 4, "Plain.", "m@abc"),
        ("judge.formatting", 3, "Clean.", "m@abc"),
    ]


def test_a_code_fence_is_taken_off() -> None:
    """Endpoints without structured output like to add one."""
    assert parse_judgement(f"```json\n{json.dumps(GRADES)}\n```").tone == 4


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GRADES)[:50],
        "Five out of five!",
        json.dumps(GRADES | {"tone": 6}),
        json.dumps(GRADES | {"accuracy": "5"}),
        json.dumps({"accuracy": 5}),
        "[]",
    ],
)
def test_a_malformed_reply_is_an_error_without_its_text(text: str) -> None:
    """Truncated, out of range, mistyped, incomplete."""
    with pytest.raises(ModelError) as caught:
        parse_judgement(text)
    assert "Right" not in str(caught.value) and "Five" not in str(caught.value)


def test_the_schema_asks_for_what_is_parsed() -> None:
    """Every key of a judgement, reasons before grades, nothing else."""
    body = judge_schema().body
    assert list(body["properties"]) == body["required"] == list(Judgement.model_fields)
    assert body["additionalProperties"] is False


def test_no_judge_is_not_run_and_a_failed_one_an_error() -> None:
    """Neither has a value."""
    assert {s.status for s in not_judged("none configured")} == {"not_run"}
    assert {s.status for s in not_judged("time-out", error=True)} == {"error"}
    assert all(s.value is None for s in not_judged("none configured"))
