"""The lines of the decisions' files: what is a decision, and what is refused and why."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from flywheel.decisions import check_time, decision_id, decision_line, parse_line
from flywheel.errors import InputError
from schemas.decision import Decision, Verdict

NOW = datetime(2025, 1, 7, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "candidate_id": "c-1",
    "verdict": "approve",
    "reviewer": "me",
    "time": "2025-01-07T10:00:00+01:00",
}


def parsed(**changes: Any) -> Decision:
    line = {key: value for key, value in (GOOD | changes).items() if value is not ...}
    given = parse_line(json.dumps(line).encode(), NOW)
    assert given is not None
    return given.decision


def test_a_line_is_a_decision() -> None:
    """The four keys are enough."""
    decision = parsed()
    assert decision.verdict is Verdict.APPROVE
    assert decision.time == datetime(2025, 1, 7, 9, tzinfo=UTC)


def test_an_exported_decision_reads_back_as_itself() -> None:
    """Export and import are inverse."""
    decision = parsed(verdict="edit", output="$85.1 million", reason="digits swapped")
    given = parse_line(decision_line(decision).encode(), NOW)
    assert given is not None and given.timed
    assert given.decision == decision


def test_a_line_without_a_time_was_decided_now() -> None:
    """Labelling tools need not know the hour; null is none."""
    for time in (..., None):
        given = parse_line(json.dumps(GOOD | {"time": None}).encode(), NOW)
        assert given is not None and not given.timed
        assert parsed(time=time).time == NOW


def test_a_candidate_without_a_verdict_is_none() -> None:
    """The queue itself can be given back."""
    assert parse_line(b'{"kind": "candidate", "candidate_id": "c-1"}', NOW) is None
    assert parse_line(b'{"kind": "candidate", "verdict": null}', NOW) is None


def test_a_candidate_with_a_verdict_is_a_decision_whatever_else_stands_in_it() -> None:
    """A tool adds its keys to the candidate's line; only the decision's are read."""
    decision = parsed(kind="candidate", answer="x", why="y", proposed_output="z", meta={"a": 1})
    assert decision == parsed()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"verdict": "yes"},
            "verdict: Input should be 'approve', 'edit', 'reject', 'skip', 'send' or 'undo'",
        ),
        ({"verdict": ...}, "verdict: Field required"),
        ({"verdict": None}, "verdict: "),
        ({"reviewer": " "}, "reviewer: must not be empty"),
        ({"reviewer": 7}, "reviewer: Input should be a valid string"),
        ({"candidate_id": ""}, "candidate_id: must not be empty"),
        ({"time": "yesterday"}, "time: must be an RFC 3339 string with an offset"),
        ({"time": "2025-01-07T10:00:00"}, "time: must be an RFC 3339 string with an offset"),
        ({"time": "2025-13-07T10:00:00Z"}, "time: "),
        ({"time": "0001-01-01T00:00:00+05:00"}, "time: lies before year 1"),
        ({"verdict": "edit"}, "edit needs the edited output"),
        ({"verdict": "edit", "output": "  "}, "edit needs the edited output"),
        ({"verdict": "reject"}, "reject needs a reason"),
        ({"verdict": "reject", "reason": ""}, "reject needs a reason"),
        ({"output": "x"}, "only edit carries an output"),
        ({"kind": "verdict"}, "kind: must be candidate or decision"),
        ({"kind": ["decision"]}, "kind: must be candidate or decision"),
    ],
)
def test_a_broken_rule_is_named(changes: dict[str, Any], reason: str) -> None:
    """Each refusal says which key and which rule."""
    with pytest.raises(InputError) as raised:
        parsed(**changes)
    assert str(raised.value).startswith(reason)


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"\xff\xfe", b'{"verdict": NaN}', b'{"reviewer": "\\ud800"}', b"{}{}"],
)
def test_what_is_no_json_is_refused(line: bytes) -> None:
    """Half a line, another encoding, half a surrogate: refused, not guessed at."""
    with pytest.raises(InputError, match="no JSON"):
        parse_line(line, NOW)


@pytest.mark.parametrize("line", [b"[]", b"1", b'"approve"', b"null"])
def test_what_is_no_object_is_refused(line: bytes) -> None:
    """A line is one object."""
    with pytest.raises(InputError, match="no JSON object"):
        parse_line(line, NOW)


def test_a_refusal_never_quotes_the_file() -> None:
    """Keys and values of a file can hold personal data; messages go into logs."""
    secret = "jane@miller.example"
    for changes in (
        {secret: 1},
        {"verdict": secret},
        {"time": secret},
        {"kind": secret},
        {"output": secret},
        {"candidate_id": [secret]},
    ):
        with pytest.raises(InputError) as raised:
            parsed(**changes)
        assert secret not in str(raised.value)
        error = raised.value
        assert error.__context__ is None or error.__suppress_context__


def test_a_time_in_the_future_is_refused_beyond_the_clocks_tolerance() -> None:
    """A decision of next year would win over each that is made until then."""
    check_time(parsed(time="2025-01-07T12:05:00Z"), NOW, 300)
    with pytest.raises(InputError, match="in the future"):
        check_time(parsed(time="2025-01-07T12:05:01Z"), NOW, 300)


def test_the_id_is_that_of_the_content() -> None:
    """The same instant in another zone is the same decision; any other content is another."""
    assert decision_id(parsed()) == decision_id(parsed(time="2025-01-07T09:00:00Z"))
    others = [
        parsed(),
        parsed(reviewer="you"),
        parsed(candidate_id="c-2"),
        parsed(verdict="skip"),
        parsed(reason="well said"),
        parsed(time="2025-01-07T09:00:01Z"),
        parsed(verdict="edit", output="x"),
    ]
    assert len({decision_id(one) for one in others}) == len(others)
