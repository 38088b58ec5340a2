"""A line's shape tells its keys and kinds, and never what a person wrote."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel.shape import shape_of
from tests.streams import PLANTED, as_line, feedback, interaction

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(10**6, 10**18) | st.text("xyz@. ", min_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("xyz", min_size=6), inner),
    max_leaves=20,
)


def test_known_keys_and_the_format_s_own_words_are_shown() -> None:
    """What is needed to see why a line broke a rule."""
    shape = shape_of(as_line(interaction(mine="secret")))
    for said in (
        'type: "interaction"',
        "messages: list of 1",
        'role: "user"',
        "(another key): text",
    ):
        assert said in shape
    assert "secret" not in shape and "mine" not in shape


@pytest.mark.parametrize("key", ["type", "signal", "id", "user", "comment"])
def test_personal_data_under_any_key_is_not_shown(key: str) -> None:
    """Also where a word of the format is expected."""
    shape = shape_of(as_line(feedback(**{key: " ".join(PLANTED)})))
    assert not [planted for planted in PLANTED if planted in shape]


@given(JSON)
@settings(max_examples=100, deadline=None)
def test_no_text_key_or_number_of_a_line_is_in_its_shape(value: object) -> None:
    """Whatever stands in it."""
    shape = shape_of(json.dumps(value).encode())
    assert "xyz" not in shape.replace("(another key)", "")
    assert not [word for word in shape.replace(",", "").split() if word.isdigit() and len(word) > 5]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"id": ', "no JSON from character 7 on"),
        (b'{"id": "\xff"}', "no UTF-8 from byte 8 on"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_cannot_be_read_says_from_where_on(data: bytes, says: str) -> None:
    """A place, not a text."""
    assert says in shape_of(data)
