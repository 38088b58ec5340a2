"""A line keeps its place and its hash; the codes of single rules are tested with the schemas."""

import hashlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from flywheel.parse import fault_of, may_still_grow, parse_line
from flywheel.sources.lines import Position, RawLine
from schemas.event import Feedback
from schemas.fault import Fault, Reason
from tests.streams import as_line, feedback


def raw(data: bytes, *, offset: int = 120, terminated: bool = True) -> RawLine:
    end = Position(offset + len(data) + terminated, 4 + terminated)
    return RawLine(4, offset, end, data, terminated=terminated)


def parsed_fault(data: bytes, *, terminated: bool = True) -> tuple[RawLine, Fault]:
    line = raw(data, terminated=terminated)
    found = parse_line(line, "a.jsonl")
    assert isinstance(found, Fault)
    return line, found


def test_a_fault_says_where_and_has_the_hash_of_the_bytes() -> None:
    """Enough to find the line again, and nothing of its text."""
    _, found = parsed_fault(b"{half")
    assert found == Fault(
        source="a.jsonl",
        line=4,
        offset=120,
        reason="not_json",
        field=None,
        sha256=hashlib.sha256(b"{half").hexdigest(),
        stage="parse",
    )


def test_a_byte_order_mark_in_the_middle_of_a_file_is_a_fault() -> None:
    """Only at the start of a file it is a mark."""
    line = b"\xef\xbb\xbf" + as_line(feedback())
    assert isinstance(parse_line(raw(line, offset=0), "a.jsonl"), Feedback)
    assert isinstance(parse_line(raw(line, offset=9), "a.jsonl"), Fault)


def test_what_a_reader_could_not_hand_over_is_a_fault_with_its_hash() -> None:
    """A line too long to hold has no bytes here, and still its hash."""
    line = RawLine(1, 0, Position(9, 2), b"", Reason.LINE_TOO_LONG, "abc")
    found = parse_line(line, "a.jsonl")
    assert isinstance(found, Fault)
    assert (found.reason, found.sha256) == ("line_too_long", "abc")


@pytest.mark.parametrize("data", [b'{"id": "f-', b"{", b"12", b'"tex', b'{"id": "\xc3'])
def test_a_line_without_an_end_may_be_half_written(data: bytes) -> None:
    """What more bytes could still make an event of is left alone."""
    assert may_still_grow(*parsed_fault(data, terminated=False))
    assert not may_still_grow(*parsed_fault(data))


def test_a_whole_object_without_an_end_of_line_is_judged() -> None:
    """No further byte can mend an object that is closed."""
    assert not may_still_grow(*parsed_fault(b'{"type": "purchase"}', terminated=False))


def test_the_first_broken_rule_in_the_format_s_order_gives_the_reason() -> None:
    """Two readings of one line name the same reason."""
    _, found = parsed_fault(as_line(feedback(id="", time="yesterday", signal="applause")))
    assert (found.reason, found.field) == ("string_empty", "id")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        (b', "id": "f-2"}', "id"),
        (b', "mine": 1, "mine": 1}', None),
        (b', "tags": {"a": "x", "a": "y"}}', None),
    ],
)
def test_a_key_that_comes_twice_is_a_fault(more: bytes, field: str | None) -> None:
    """Readers differ in which of the two they take; a key that a user made up is not named."""
    _, found = parsed_fault(as_line(feedback(id="f-1"))[:-1] + more)
    assert (found.reason, found.field) == ("key_twice", field)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"[NaN]"])
def test_a_number_that_json_does_not_have_is_a_fault_under_any_key(number: bytes) -> None:
    """Also under a key that would be kept as a tag."""
    _, found = parsed_fault(as_line(feedback())[:-1] + b', "mine": ' + number + b"}")
    assert found.reason == "number_not_finite"


def test_a_very_long_number_is_no_crash() -> None:
    """400 digits are a number in JSON and none that a column holds."""
    line = json.dumps(feedback(value=None))[:-1] + ', "value": 1' + "0" * 400 + "}"
    found = parse_line(raw(line.encode()), "a.jsonl")
    assert isinstance(found, Fault) and found.field == "value"


def test_a_fault_of_a_later_stage_keeps_the_place() -> None:
    """An expectation's name is its reason."""
    found = fault_of(raw(b"{}"), "a.jsonl", "expect_x", stage="validate")
    assert (found.line, found.reason, found.stage) == (4, "expect_x", "validate")


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_an_event_a_fault_or_blank(data: bytes) -> None:
    """No line stops a run; the long version is `make fuzz`."""
    found = parse_line(raw(data.replace(b"\n", b"")), "a.jsonl")
    assert found is None or isinstance(found, Fault | Feedback)


@given(st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_a_mutated_event_is_an_event_or_a_fault(seed: int) -> None:
    """Cut, doubled and damaged, as the fuzzer does it."""
    fuzz.check(fuzz.mutate(random.Random(seed)))
