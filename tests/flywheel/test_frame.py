"""Events become rows without losing a key, and every text of them goes through the scrubber."""

import json
from datetime import UTC, datetime
from typing import Any

import polars as pl

from flywheel.frame import (
    FEEDBACK_COLUMNS,
    INTERACTION_COLUMNS,
    feedback_frame,
    feedback_row,
    interaction_frame,
    interaction_row,
    texts_of,
    with_texts,
)
from flywheel.settings import Settings
from flywheel.store import open_store
from schemas.event import EVENT, Feedback, Interaction
from tests.schemas.test_event import FULL
from tests.streams import as_line, feedback, interaction

KEY = b"a key of sixteen bytes or more"


def as_interaction(**keys: Any) -> Interaction:
    event = EVENT.validate_json(as_line(interaction(**keys)))
    assert isinstance(event, Interaction)
    return event


def as_feedback(**keys: Any) -> Feedback:
    event = EVENT.validate_json(as_line(feedback(**keys)))
    assert isinstance(event, Feedback)
    return event


def test_every_text_of_an_interaction_is_given_to_the_scrubber() -> None:
    """Messages in both forms, the answer, documents, and the values of tags."""
    parts = [{"type": "text", "text": "two"}, {"type": "text", "text": "three"}]
    messages = [{"role": "system", "content": "one"}, {"role": "user", "content": parts}]
    event = as_interaction(
        messages=messages, output="four", context=[{"id": "d", "text": "five"}], tags={"k": "six"}
    )
    assert texts_of(event) == [
        ("messages", "one"),
        ("messages", "two"),
        ("messages", "three"),
        ("output", "four"),
        ("context", "five"),
        ("label", "d"),
        *(("label", getattr(event, name)) for name in LABELS if getattr(event, name)),
        ("tags", "k: six"),
    ]


LABELS = ("app", "feature", "tenant", "cohort", "model", "provider", "system_fingerprint")


def test_every_label_of_an_interaction_is_given_to_the_scrubber() -> None:
    """Nothing that an application may fill with an address is left out."""
    keys = {name: f"the {name}" for name in LABELS}
    prompt = {"name": "p", "version": "7"}
    few_shot = {"release": "r", "ids": ["e1", "e2"], "withheld": ["e3"], "probability": 0.02}
    event = as_interaction(**keys, prompt=prompt, few_shot=few_shot)
    labels = [text for field, text in texts_of(event) if field == "label"]
    assert labels == [*keys.values(), "p", "7", "r", "e1", "e2", "e3"]
    changed = with_texts(event, [text.upper() for _, text in texts_of(event)])
    assert isinstance(changed, Interaction)
    assert (changed.tenant, changed.model) == ("THE TENANT", "THE MODEL")
    assert changed.prompt and changed.prompt.version == "7" and changed.prompt.name == "P"
    assert changed.few_shot and changed.few_shot.ids == ["E1", "E2"]
    assert changed.few_shot.withheld == ["E3"]


def test_every_text_of_feedback_is_given_to_the_scrubber() -> None:
    """The comment, the correction and tags; what is absent is not asked for."""
    event = as_feedback(signal="edit", correction="new", comment="why", value=None)
    assert texts_of(event) == [("comment", "why"), ("correction", "new")]
    assert texts_of(as_feedback()) == []


def test_a_tag_goes_to_the_scrubber_with_its_key() -> None:
    """The key tells what the value is, and an application may make a key of what a user typed."""
    event = as_feedback(tags={"region": "EU", "jane@example.org": "x", "10.0.0.1": "y"})
    assert [text for _, text in texts_of(event)] == [
        "region: EU", "jane@example.org: x", "10.0.0.1: y",
    ]  # fmt: skip
    cleaned = with_texts(event, ["region: EU", "<EMAIL>: x", "<IP>"])
    assert cleaned.tags == {"region": "EU", "<EMAIL>": "x", "scrubbed": "<IP>"}


def test_tags_of_one_scrubbed_key_keep_all_their_values() -> None:
    """Two spellings of an address are one placeholder, and so are two findings over a whole tag."""
    event = as_feedback(tags={"a@b.org": "x", "A@b.org": "y", "10.0.0.1": "z", "10.0.0.2": "z"})
    cleaned = with_texts(event, ["<EMAIL>: x", "<EMAIL>: y", "<IP>", "<IP2>"])
    assert cleaned.tags == {"<EMAIL>": "x; y", "scrubbed": "<IP>; <IP2>"}


def test_an_id_that_says_who_somebody_is_becomes_a_pseudonym_on_both_sides() -> None:
    """Feedback still finds its interaction, and an id of the usual forms stays as it is."""
    told = (
        "jane@example.org",
        "Jane Doe 7",
        "DE89370400440532013000",
        "219-09-9999",
        "+49 30 1234567",
        "a 203.0.113.7",
    )
    for id in told:
        row = interaction_row(as_interaction(id=id), KEY)
        assert row["id"] == feedback_row(as_feedback(interaction_id=id), KEY)["interaction_id"]
        assert row["id"].startswith("id-") and id not in row["id"]
    assert len({interaction_row(as_interaction(id=id), KEY)["id"] for id in told}) == len(told)
    for id in ("i-1", "d476a981-e201-4b5f-9e39-a7b941bfac18", "4111111111111111", "conv:7/3#2"):
        assert interaction_row(as_interaction(id=id), KEY)["id"] == id


def test_scrubbed_texts_come_back_to_their_places() -> None:
    """Replacing each text by itself changes nothing; by another, only the texts."""
    for event in (as_interaction(**FULL), as_feedback(signal="comment", comment="c", value=None)):
        texts = [text for _, text in texts_of(event)]
        assert with_texts(event, texts) == event
        upper = with_texts(event, [text.upper() for text in texts])
        assert [text for _, text in texts_of(upper)] == [text.upper() for text in texts]
        assert upper.id == event.id and upper.time == event.time


def test_an_interaction_s_row_has_every_key() -> None:
    """Users and sessions as pseudonyms, times in UTC, lists and objects as JSON."""
    row = interaction_row(as_interaction(**FULL, time="2025-01-06T10:00:00+01:00"), KEY)
    assert set(row) == set(INTERACTION_COLUMNS)
    assert row["time"] == datetime(2025, 1, 6, 9, tzinfo=UTC)
    assert row["user_key"] not in (None, "u-1") and row["session_key"] not in (None, "s-1")
    assert json.loads(row["context"]) == FULL["context"]
    assert json.loads(row["tags"]) == {"region": "EU"}
    assert row["few_shot_ids"] == ["e-1", "e-2"] and row["input_tokens"] == 12


def test_feedback_s_row_has_every_key_and_its_kind() -> None:
    """The kind comes from the signal's rule."""
    row = feedback_row(as_feedback(), KEY)
    assert set(row) == set(FEEDBACK_COLUMNS)
    assert (row["signal"], row["kind"], row["value"]) == ("thumbs", "explicit", 1.0)


def test_no_user_is_not_a_user() -> None:
    """Events with an empty user are not one person's votes."""
    assert feedback_row(as_feedback(user=None), KEY)["user_key"] is None
    assert feedback_row(as_feedback(user=""), KEY)["user_key"] is None


def test_frames_have_the_tables_columns(settings: Settings) -> None:
    """A new column of a table has to be filled, or named as the store's own."""
    with open_store(settings).transaction() as connection:
        for table, columns in (
            ("interactions", INTERACTION_COLUMNS),
            ("feedback", FEEDBACK_COLUMNS),
        ):
            cursor = connection.execute(f"SELECT * FROM {table}")
            assert {c[0] for c in cursor.description or ()} == {*columns, "batch_id"}


def test_frames_are_typed_even_when_empty() -> None:
    """A batch of interactions only has an empty frame of feedback."""
    assert (
        interaction_frame([]).schema
        == interaction_frame([interaction_row(as_interaction(), KEY)]).schema
    )
    assert feedback_frame([]).schema["time"] == pl.Datetime("us", "UTC")


def test_a_nul_character_survives() -> None:
    """JSON can carry one, so a text can."""
    row = interaction_row(as_interaction(output="a\u0000b"), KEY)
    assert interaction_frame([row])["output"][0] == "a\x00b"
