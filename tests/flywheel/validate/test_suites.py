"""Which rows break which expectation, and that no value comes out."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flywheel.errors import CheckError
from flywheel.scrub import Scrubber
from flywheel.settings import IngestSettings, ScrubSettings
from flywheel.validate import Validation, suites, validate_feedback, validate_interactions
from tests.flywheel.validate.frames import NOW, feedback, interactions

SETTINGS = IngestSettings()


def check_interactions(home: Path, *changes: dict[str, Any]) -> Validation:
    return validate_interactions(interactions(*changes), SETTINGS, home, NOW)


def check_feedback(home: Path, *changes: dict[str, Any]) -> Validation:
    return validate_feedback(feedback(*changes), SETTINGS, home, NOW)


def test_good_rows_pass(tmp_path: Path) -> None:
    """Missing optional numbers are no fault; each expectation says how many rows it saw."""
    found = check_interactions(tmp_path, {}, {"cost_usd": 0.0, "input_tokens": 12})
    assert found.failures == {}
    assert all(result.success and result.checked == 2 for result in found.results)
    assert check_feedback(tmp_path, {}, {"signal": "share", "kind": "implicit", "value": None}) == (
        check_feedback(tmp_path, {}, {})
    )


def test_an_empty_frame_passes(tmp_path: Path) -> None:
    """A batch may have no feedback."""
    assert check_feedback(tmp_path) == Validation(results=(), failures={})


BETWEEN = "expect_column_values_to_be_between"
NO_RESIDUE = "expect_column_values_to_be_null"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"id": None}, "expect_column_values_to_not_be_null(id)"),
        ({"id": " "}, "expect_column_values_to_not_be_null(id)"),
        ({"input_tokens": -1}, f"{BETWEEN}(input_tokens)"),
        ({"output_tokens": -1}, f"{BETWEEN}(output_tokens)"),
        ({"cost_usd": -0.01}, f"{BETWEEN}(cost_usd)"),
        ({"latency_ms": -5.0}, f"{BETWEEN}(latency_ms)"),
        ({"time": NOW + timedelta(seconds=301)}, f"{BETWEEN}(time)"),
        ({"time": datetime(2014, 12, 31, tzinfo=UTC)}, f"{BETWEEN}(time)"),
        ({"output": "a@example.com"}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"output": "(406) 555-0183"}, f"{NO_RESIDUE}(residual_phone_number)"),
        ({"output": "4111111111111111"}, f"{NO_RESIDUE}(residual_credit_card)"),
        ({"output": "GB75ADBI76506819952113"}, f"{NO_RESIDUE}(residual_iban_code)"),
        ({"tags": '{"x": "a@example.com"}'}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"tags": '{"a@example.com": "x"}'}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"tenant": "a@example.com"}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"id": "a@example.com"}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"few_shot_ids": ["a@example.com"]}, f"{NO_RESIDUE}(residual_email_address)"),
        (
            {"messages": '[{"role": "user", "content": [{"type": "text", "text": "a@b.com"}]}]'},
            f"{NO_RESIDUE}(residual_email_address)",
        ),
        (
            {"context": '[{"id": "d", "text": "call (406) 555-0183"}]'},
            f"{NO_RESIDUE}(residual_phone_number)",
        ),
    ],
)
def test_an_interaction_that_breaks_a_rule_is_named(
    tmp_path: Path, change: dict[str, Any], name: str
) -> None:
    """Its position and its expectation; the rows around it pass."""
    assert check_interactions(tmp_path, {}, change, {}).failures == {1: name}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"interaction_id": ""}, "expect_column_values_to_not_be_null(interaction_id)"),
        ({"signal": None}, "expect_column_values_to_not_be_null(signal)"),
        ({"signal": "applause"}, "expect_column_values_to_be_in_set(signal)"),
        ({"kind": "vague"}, "expect_column_values_to_be_in_set(kind)"),
        ({"value": 0.0}, "expect_column_values_to_be_in_set(value_of_thumbs)"),
        ({"signal": "rating", "value": 1.5}, f"{BETWEEN}(value_of_rating)"),
        ({"signal": "rank", "value": -1.0}, f"{BETWEEN}(value_of_rank)"),
        ({"signal": "copy", "value": -0.1}, f"{BETWEEN}(value_of_copy)"),
        ({"signal": "edit", "value": 2.0}, f"{BETWEEN}(value_of_edit)"),
        ({"signal": "dwell", "value": -3.0}, f"{BETWEEN}(value_of_dwell)"),
        ({"comment": "a@example.com"}, f"{NO_RESIDUE}(residual_email_address)"),
        ({"correction": "4111 1111 1111 1111"}, f"{NO_RESIDUE}(residual_credit_card)"),
        ({"interaction_id": "a@example.com"}, f"{NO_RESIDUE}(residual_email_address)"),
    ],
)
def test_feedback_that_breaks_a_rule_is_named(
    tmp_path: Path, change: dict[str, Any], name: str
) -> None:
    """Its position and its expectation; the rows around it pass."""
    assert check_feedback(tmp_path, {}, change, {}).failures == {1: name}


def test_a_value_is_judged_by_its_own_signal(tmp_path: Path) -> None:
    """A dwell of 90 seconds is no rating of 90."""
    rows = [
        {"signal": "dwell", "kind": "implicit", "value": 90.0},
        {"signal": "rank", "value": 7.0},
    ]
    assert check_feedback(tmp_path, *rows).failures == {}


def test_rows_with_one_id_all_fail(tmp_path: Path) -> None:
    """Nobody can say which of them is right."""
    found = check_interactions(tmp_path, {"id": "same"}, {}, {"id": "same"})
    assert found.failures == dict.fromkeys((0, 2), "expect_column_values_to_be_unique(id)")


def test_the_first_broken_expectation_names_a_row(tmp_path: Path) -> None:
    """And both are counted."""
    found = check_interactions(tmp_path, {"cost_usd": -1.0, "latency_ms": -1.0})
    assert found.failures == {0: f"{BETWEEN}(cost_usd)"}
    assert sum(result.unexpected for result in found.results) == 2


@pytest.mark.parametrize(
    "identifier",
    [
        "123e4567-e89b-12d3-a456-426614174000",
        "12345678-1234-1234-1234-123456789012",
        "4111111111111111",
        "406-555-0183",
        "1355517523.000005",
    ],
)
def test_ids_are_not_taken_for_cards_or_telephones(tmp_path: Path, identifier: str) -> None:
    """An application numbers its messages as it likes."""
    assert check_interactions(tmp_path, {"id": identifier}).failures == {}
    assert check_feedback(tmp_path, {"interaction_id": identifier}).failures == {}


def test_what_was_scrubbed_passes(tmp_path: Path) -> None:
    """The checks look with the scrubber's own patterns; JSON's escapes make nothing up."""
    text = "I’m on (406) 555-0183 or\na@example.com…4111 1111 1111 1111\n–GB75ADBI76506819952113"
    scrubbed = Scrubber(ScrubSettings(), b"a key for this test").scrub_text(text)
    messages = json.dumps([{"role": "user", "content": scrubbed}], ensure_ascii=True)
    row = {"messages": messages, "output": scrubbed, "tags": json.dumps({"note": scrubbed})}
    assert check_interactions(tmp_path, row).failures == {}


def test_allowed_words_are_no_residue(tmp_path: Path) -> None:
    """What the settings let stand does not send its row to quarantine."""
    frame = interactions({"output": "write to support@example.com"})
    found = validate_interactions(frame, SETTINGS, tmp_path, NOW, allow=("support@example.com",))
    assert found.failures == {}


def test_no_value_comes_out(tmp_path: Path) -> None:
    """Neither from the results nor in any file: not even of the row that failed."""
    found = check_interactions(
        tmp_path, {"id": "jane@example.com", "output": "call (406) 555-0183", "tenant": "Xanadu"}
    )
    written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    for value in ("jane", "555", "Xanadu", "1,452.4"):
        assert value not in found.model_dump_json()
        assert value not in written


def test_what_cannot_be_computed_stops_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expectation on a column that is not there is an error, not a pass."""
    monkeypatch.setattr(suites, "project_feedback", lambda frame, allow: frame.select("id"))
    with pytest.raises(CheckError, match="could not be checked"):
        check_feedback(tmp_path, {})


def test_nothing_is_asked_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is opened."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert check_interactions(tmp_path, {}).failures == {}


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No progress bar, no notice."""
    check_interactions(tmp_path, {}, {"cost_usd": -1.0})
    assert capfd.readouterr() == ("", "")


def test_columns_may_be_missing_that_the_table_adds(tmp_path: Path) -> None:
    """The batch's id comes with the transaction; attribution may be absent."""
    frame = interactions({}).drop("system_fingerprint")
    assert isinstance(frame, pl.DataFrame)
    assert validate_interactions(frame, SETTINGS, tmp_path, NOW).failures == {}
