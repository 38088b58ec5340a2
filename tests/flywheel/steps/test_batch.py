"""One batch: what is scrubbed, what goes to quarantine, and a funnel that adds up."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flywheel.errors import ScrubError
from flywheel.scrub import get_scrubber
from flywheel.scrub.found import Span
from flywheel.scrub.network import find_urls
from flywheel.scrub.patterns import PATTERNS
from flywheel.settings import Settings
from flywheel.sources.lines import Position, RawLine
from flywheel.steps.batch import Batch, fault_row, prepare_batch
from schemas.fault import Fault
from tests.streams import BROKEN, PLANTED, as_line, feedback, interaction, stream

FAR = "2999-01-01T00:00:00Z"


def raw(lines: Sequence[bytes]) -> list[RawLine]:
    """Lines as a reader would give them."""
    found, offset = [], 0
    for number, data in enumerate(lines, 1):
        end = offset + len(data) + 1
        found.append(RawLine(number, offset, Position(end, number + 1), data))
        offset = end
    return found


def prepare(settings: Settings, events: Sequence[dict[str, Any] | bytes]) -> Batch:
    lines = [event if isinstance(event, bytes) else as_line(event) for event in events]
    return prepare_batch(raw(lines), "a.jsonl", settings, get_scrubber(settings))


def reasons(batch: Batch) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.reason, fault.stage) for fault in batch.faults]


def accounted(batch: Batch) -> int:
    rows = len(batch.interactions) + len(batch.feedback)
    return batch.blank + batch.malformed + batch.failed_expectations + batch.repeated + rows


def test_every_line_is_accounted_for(settings: Settings) -> None:
    """Blank, malformed, failed, repeated or a row: the sum is what was read."""
    events = [b"", *stream(20), as_line(interaction("far", time=FAR)), b"   "]
    batch = prepare(settings, events)
    assert batch.read == len(events) == accounted(batch)
    assert batch.blank == 2 and batch.malformed == len(BROKEN) and batch.repeated == 2
    assert len(batch.interactions) == 20 and len(batch.feedback) == 27


def test_rows_hold_scrubbed_text_only(settings: Settings) -> None:
    """And the report counts what was taken out, by type."""
    batch = prepare(settings, stream(20))
    text = repr([row for _, row in batch.interactions + batch.feedback])
    assert not [planted for planted in PLANTED if planted in text]
    assert batch.entities["EMAIL_ADDRESS"] == 4 and batch.entities["CREDIT_CARD"] == 4
    assert batch.entities["PERSON"] and batch.entities["IBAN_CODE"]


def test_a_name_is_the_same_placeholder_in_a_whole_event(settings: Settings) -> None:
    """The messages, the answer and the tags of one interaction are one group."""
    name = "Anneke van den Berg"
    messages = [{"role": "user", "content": f"My name is {name}. What was the revenue?"}]
    batch = prepare(
        settings, [interaction(messages=messages, output=f"Dear {name}, $85.1 million.")]
    )
    row = batch.interactions[0][1]
    placeholder = row["output"].split(",")[0].removeprefix("Dear ")
    assert placeholder.startswith("<PERSON_") and placeholder in row["messages"]


def test_a_row_that_fails_an_expectation_has_its_name_and_place(settings: Settings) -> None:
    """The lines around it go on."""
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    events = [interaction("a"), interaction("b", time=soon), feedback("c", time=FAR)]
    batch = prepare(settings, events)
    assert [(line, stage) for line, _, stage in reasons(batch)] == [
        (2, "validate"),
        (3, "validate"),
    ]
    assert all(reason.startswith("expect_") or "time" in reason for _, reason, _ in reasons(batch))
    assert [row["id"] for _, row in batch.interactions] == ["a"]
    assert batch.expectations


def test_what_the_allow_list_keeps_the_checks_keep_too(settings: Settings) -> None:
    """A public address on the list stays, and its row does not fail for it; others still go."""
    scrub = settings.scrub.model_copy(update={"allow": ("press@acme.example.com",)})
    allowing = settings.model_copy(update={"scrub": scrub})
    text = "Write to press@acme.example.com or to nora.keller@example.com."
    batch = prepare(allowing, [interaction("i-1", output=text)])
    assert batch.faults == []
    ((_, row),) = batch.interactions
    assert "press@acme.example.com" in row["output"]
    assert "nora.keller" not in row["output"]


def test_an_id_that_comes_twice_is_kept_once(settings: Settings) -> None:
    """The first of the lines; the other is counted."""
    batch = prepare(settings, [feedback("f"), feedback("f"), interaction("i"), interaction("i")])
    assert (len(batch.interactions), len(batch.feedback), batch.repeated) == (1, 1, 2)


def test_feedback_and_an_interaction_may_share_an_id(settings: Settings) -> None:
    """Ids are unique among their kind."""
    batch = prepare(settings, [feedback("x"), interaction("x")])
    assert (len(batch.interactions), len(batch.feedback), batch.repeated) == (1, 1, 0)


def test_a_failed_line_does_not_shadow_a_good_one_of_its_id(settings: Settings) -> None:
    """As if the two had come in two batches."""
    batch = prepare(
        settings, [interaction("i", time=FAR), interaction("i"), interaction("i", time=FAR)]
    )
    assert [line.number for line, _ in batch.interactions] == [2]
    assert len(batch.faults) == 1 and batch.repeated == 1


def test_a_text_too_long_to_scrub_is_a_fault_and_stops_nothing(settings: Settings) -> None:
    """It is never passed on unscrubbed."""
    limited = settings.model_copy(
        update={"scrub": settings.scrub.model_copy(update={"max_chars": 100})}
    )
    batch = prepare(limited, [interaction("a"), interaction("b", output="x" * 101)])
    assert reasons(batch) == [(2, "text_too_long", "scrub")]
    assert batch.faults[0].field == "output" and batch.malformed == 1
    assert [row["id"] for _, row in batch.interactions] == ["a"]


class _Broken:
    """A scrubber that cannot do its work."""

    allow = ()
    version = "s-none"

    def try_groups(self, groups: Sequence[object]) -> list[object]:
        raise ScrubError("the model cannot be loaded")


def test_a_scrubber_that_fails_stops_the_batch_and_names_its_lines(settings: Settings) -> None:
    """Nothing passes unscrubbed."""
    lines = raw([b"", as_line(interaction("a")), as_line(feedback("b"))])
    with pytest.raises(ScrubError, match=r"^a\.jsonl, lines 2 to 3: the model cannot be loaded"):
        prepare_batch(lines, "a.jsonl", settings, _Broken())  # type: ignore[arg-type]


def test_without_events_nothing_is_asked_of_the_scrubber(settings: Settings) -> None:
    """A batch of broken lines needs no model."""
    batch = prepare_batch(raw(BROKEN), "a.jsonl", settings, _Broken())  # type: ignore[arg-type]
    assert batch.malformed == len(BROKEN) == batch.read


def test_a_fault_read_again_has_the_same_id() -> None:
    """Another place, hash or reason is another fault."""
    fault = Fault(source="a", line=3, offset=20, reason="not_json", sha256="ab", stage="parse")
    changes: list[dict[str, Any]] = [
        {"source": "b"}, {"line": 4}, {"offset": 21}, {"reason": "not_utf8"}, {"sha256": "cd"},
    ]  # fmt: skip
    others = {fault_row(fault.model_copy(update=change), b"k")["fault_id"] for change in changes}
    same = {fault_row(fault, b"k")["fault_id"], fault_row(fault.model_copy(), b"k")["fault_id"]}
    assert len(same) == 1 and len(others) == 5 and not same & others


@pytest.fixture
def guilty(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a scrubber one of whose patterns cannot stand a word, and hangs on another."""

    def find(text: str) -> Iterator[Span]:
        if "unbearable" in text:
            raise ValueError(f"cannot read {text}")
        if "endless" in text:
            re.match(r"(a+)+$", "a" * 60 + "b")
        yield from find_urls(text)

    monkeypatch.setitem(PATTERNS, "MAC_ADDRESS", find)
    scrub = settings.scrub.model_copy(update={"timeout_s": 2, "cache_texts": 0})
    return settings.model_copy(update={"scrub": scrub})


def test_only_the_guilty_lines_go_to_quarantine(guilty: Settings) -> None:
    """An error and a time-out cost their own lines; the good ones around go on, scrubbed."""
    batch = prepare(
        guilty,
        [
            interaction("a", output="Mail nora.keller@example.com."),
            interaction("b", output="an unbearable answer"),
            feedback("c", signal="comment", comment="endless aaa"),
            feedback("d"),
        ],
    )
    assert reasons(batch) == [(2, "scrub_failed", "scrub"), (3, "scrub_timeout", "scrub")]
    assert [fault.field for fault in batch.faults] == ["output", "comment"]
    assert [row["id"] for _, row in batch.interactions + batch.feedback] == ["a", "d"]
    assert "nora" not in batch.interactions[0][1]["output"]
    assert "unbearable" not in repr(batch)


def test_a_single_guilty_line_is_no_reason_to_stop(guilty: Settings) -> None:
    """The scrubber is asked whether a plain text passes: it does, so the line is guilty."""
    batch = prepare(guilty, [interaction("b", output="an unbearable answer")])
    assert reasons(batch) == [(1, "scrub_failed", "scrub")]


def test_when_no_text_passes_the_run_stops(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, which quotes nothing."""

    def find(text: str) -> Iterator[Span]:
        raise ValueError(f"cannot read {text}")

    monkeypatch.setitem(PATTERNS, "MAC_ADDRESS", find)
    scrub = settings.scrub.model_copy(update={"timeout_s": 17})
    broken = settings.model_copy(update={"scrub": scrub})
    with pytest.raises(
        ScrubError, match=r"^a\.jsonl, lines 1 to 2: not even a plain text"
    ) as caught:
        prepare(broken, [interaction("a", output="secret"), feedback("b")])
    assert "secret" not in str(caught.value)


def test_a_model_that_cannot_be_loaded_stops_the_run(settings: Settings) -> None:
    """And is named with its setting."""
    scrub = settings.scrub.model_copy(update={"spacy_model": "no_such_model"})
    with pytest.raises(ScrubError, match=r"no_such_model cannot be loaded .*SPACY_MODEL"):
        prepare(settings.model_copy(update={"scrub": scrub}), [interaction("a")])


GERMAN = "Wie hoch war der Umsatz im Jahr 2019, und warum ist er gegenüber 2018 gesunken?"


def test_another_language_goes_to_quarantine_unless_patterns_are_enough(settings: Settings) -> None:
    """The model would miss its names; a policy says whether patterns suffice."""
    asked = {"messages": [{"role": "user", "content": f"{GERMAN} nora.keller@example.com"}]}
    events = [interaction("a"), interaction("b", **asked), interaction("c")]
    batch = prepare(settings, events)
    assert reasons(batch) == [(2, "language_unknown", "scrub")]
    assert batch.faults[0].field == "messages" and len(batch.interactions) == 2
    scrub = settings.scrub.model_copy(update={"other_languages": "patterns"})
    passing = prepare(settings.model_copy(update={"scrub": scrub}), events)
    assert passing.faults == []
    text = passing.interactions[1][1]["messages"]
    assert "Umsatz" in text and "nora" not in text
