"""Lines of examples from elsewhere: parsed, then held against what is known."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from flywheel.imports import (
    ID_TAKEN,
    OTHER_OUTPUT,
    OUTPUT_EMPTY,
    REJECTED,
    Incoming,
    Known,
    Marked,
    Settled,
    parse_example,
    settle,
)
from flywheel.promote import Side
from flywheel.sources.lines import Position, RawLine
from schemas.candidate import Target
from schemas.event import Interaction
from schemas.fault import Reason

NOW = datetime(2025, 1, 6, 9, tzinfo=UTC)
LINE: dict[str, Any] = {
    "id": "x-1",
    "messages": [{"role": "user", "content": "What was revenue?"}],
    "output": "$5",
}


def _parse(data: bytes | dict[str, Any], **line: Any) -> Interaction | str | None:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return parse_example(RawLine(1, 0, Position(len(raw), 2), raw, **line), NOW, 1000)


def test_a_line_is_an_interaction() -> None:
    """So the scrubber and the case's key treat it as they treat what comes from ingest."""
    parsed = _parse(
        LINE
        | {
            "context": [{"id": "p1", "text": "Revenue was $5."}],
            "feature": "qa",
            "tenant": "acme",
            "tags": {"lang": "en"},
        }
    )
    assert isinstance(parsed, Interaction)
    assert (parsed.id, parsed.output, parsed.feature, parsed.tenant) == ("x-1", "$5", "qa", "acme")
    assert (parsed.messages[0].text, parsed.context[0].text) == (
        "What was revenue?",
        "Revenue was $5.",
    )
    assert (parsed.tags, parsed.consent) == ({"lang": "en"}, True)


def test_a_line_of_an_export_goes_in() -> None:
    """What an export adds for people is not needed to read it again."""
    extra = {"case_id": "c", "reviewer": "rosa", "decided_at": "2025-01-06T09:00:00+00:00"}
    assert isinstance(_parse(LINE | extra), Interaction)


def test_blank_lines_are_no_lines() -> None:
    """Nor is the byte order mark that an editor put before the first."""
    assert _parse(b"  \r") is None
    assert isinstance(_parse(b"\xef\xbb\xbf" + json.dumps(LINE).encode()), Interaction)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no json", "line: Invalid JSON"),
        (b"[]", "line: "),
        (b'"\xff"', "line: "),
        ({**LINE, "output": " \n"}, OUTPUT_EMPTY),
        ({**LINE, "output": 5}, "output: "),
        ({**LINE, "messages": []}, "messages: "),
        ({**LINE, "id": " "}, "id: must not be empty"),
        ({"id": "x", "output": "y"}, "messages: Field required"),
        ({**LINE, "messages": [{"role": "boss", "content": "x"}]}, "messages.0.role: "),
        ({**LINE, "tags": {"john@example.com": 5}}, "tags: "),
        ({**LINE, "output": "x" * 1001}, "FLYWHEEL_SCRUB__MAX_CHARS"),
    ],
)
def test_a_bad_line_says_where_and_which_rule(data: bytes | dict[str, Any], reason: str) -> None:
    """Never what stands there: not even a key that somebody made up."""
    found = _parse(data)
    assert isinstance(found, str)
    assert reason in found
    assert "boss" not in found.replace("'", "")
    assert "john" not in found


def test_a_line_that_is_too_long_is_refused() -> None:
    """The reader did not even hand it over."""
    found = _parse(b"", fault=Reason.LINE_TOO_LONG)
    assert "MAX_LINE_BYTES" in str(found)


def _incoming(line: int = 1, case: str = "case", **changes: Any) -> Incoming:
    example = Marked.model_validate(
        {"type": "interaction", "time": NOW.isoformat(), **LINE, **changes}
    )
    return Incoming(
        line=line,
        example=example,
        case_id=case,
        question_key=f"question of {case}",
        core_id=f"core of {case}",
    )


KNOWN = Known(
    candidate_id="c-1",
    example_id="x-1",
    case_id="case",
    target=Target.BANK,
    state="approved",
    proposed_output="$5",
    approved_output="$5",
    feature=None,
    tenant=None,
    tags={},
)
"""What the store has after `_incoming()` went in."""


def _settle(*lines: Incoming, known: tuple[Known, ...] = (), other: Side | None = None) -> Settled:
    return settle(lines, known, Target.BANK, other or Side(Target.GOLDEN))


def test_what_is_new_goes_in() -> None:
    """Nothing is known of its id or its case."""
    line = _incoming()
    assert _settle(line) == Settled(new=[line])


def test_what_is_there_is_unchanged() -> None:
    """The same line again, whatever a reviewer decided about it since."""
    for state, output in (("approved", "$5"), ("approved", "edited"), ("rejected", None)):
        known = replace(KNOWN, state=state, approved_output=output)
        assert _settle(_incoming(), known=(known,)) == Settled(unchanged=1)


@pytest.mark.parametrize(
    "known",
    [
        replace(KNOWN, case_id="other"),
        replace(KNOWN, target=Target.GOLDEN),
        replace(KNOWN, proposed_output="$6"),
        replace(KNOWN, feature="qa"),
        replace(KNOWN, tenant="acme"),
        replace(KNOWN, tags={"lang": "en"}),
    ],
)
def test_an_id_of_another_example_is_refused(known: Known) -> None:
    """Ids are forever: an application may have logged this one with an answer."""
    (refusal,) = _settle(_incoming(line=7), known=(known,)).refused
    assert (refusal.line, refusal.reason) == (7, ID_TAKEN)


def test_a_case_that_waits_is_decided() -> None:
    """Curation proposed it already: the imported answer is this reviewer's edit."""
    known = replace(KNOWN, example_id="c-1", state="pending", approved_output=None)
    line = _incoming()
    assert _settle(line, known=(known,)) == Settled(adopted=[("c-1", line)])


def test_a_case_that_is_decided_stays_decided() -> None:
    """The same answer is there; another one, or a rejected case, needs a reviewer."""
    known = replace(KNOWN, example_id="c-1")
    assert _settle(_incoming(), known=(known,)).unchanged == 1
    other = replace(known, approved_output="$6")
    assert _settle(_incoming(), known=(other,)).refused[0].reason == OTHER_OUTPUT
    rejected = replace(known, state="rejected", approved_output=None)
    assert _settle(_incoming(), known=(rejected,)).refused[0].reason == REJECTED


def test_of_two_lines_of_one_case_the_first_counts() -> None:
    """The second is unchanged when it says the same, refused when it says something else."""
    first, same = _incoming(1, id="a"), _incoming(2, id="b")
    other, again = _incoming(3, id="c", output="$6"), _incoming(4, id="a", output="$6")
    settled = _settle(first, same, other, again)
    assert (settled.new, settled.unchanged) == ([first], 1)
    assert [(one.line, one.reason) for one in settled.refused] == [
        (3, OTHER_OUTPUT),
        (4, ID_TAKEN),
    ]


def test_a_case_of_the_other_side_is_refused() -> None:
    """By its id or by its question: it never gets as far as a decision."""
    by_case = Side(Target.GOLDEN, cases={"case"})
    by_question = Side(Target.GOLDEN, questions={"question of case"})
    for other in (by_case, by_question):
        (refusal,) = _settle(_incoming(), other=other).refused
        assert "golden set" in refusal.reason
