"""Pseudonyms are stable under one key, differ by domain, and cannot be had without the key."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel import pseudonym
from flywheel.pseudonym import keyed_hash, session_key, stored_id, user_key

KEY = b"a key of sixteen bytes or more"


def test_the_same_user_is_the_same_pseudonym() -> None:
    """Today and tomorrow, in this process and the next: the value is pinned."""
    assert user_key(KEY, "u-040") == user_key(KEY, "u-040") == "0dd14119282344d71c5167c7c6d2984d"


def test_another_key_gives_another_pseudonym() -> None:
    """Two homes cannot be joined by their pseudonyms."""
    assert user_key(KEY, "u-040") != user_key(b"another key, long enough too", "u-040")


def test_a_pseudonym_is_no_plain_hash() -> None:
    """Who hashes a list of known users finds none of them."""
    plain = hashlib.sha256(b"u-040").hexdigest()
    assert user_key(KEY, "u-040") not in plain
    assert "u-040" not in user_key(KEY, "u-040")


def test_a_user_and_a_session_of_one_name_differ() -> None:
    """The first part is the domain."""
    assert user_key(KEY, "x") != session_key(KEY, "x")


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_parts_cannot_be_shifted_into_each_other(some: list[str], other: list[str]) -> None:
    """Each part goes in with its length: equal hashes mean equal parts."""
    assert (keyed_hash(KEY, *some) == keyed_hash(KEY, *other)) == (some == other)


def test_a_lone_surrogate_does_not_stop_it() -> None:
    """A broken string of an application's is a string too."""
    assert keyed_hash(KEY, "user", "\ud800") != keyed_hash(KEY, "user", "\ud801")


@pytest.mark.parametrize("size", [1, 16, 32])
def test_the_size_is_in_bytes(size: int) -> None:
    """Two hex digits a byte; a shorter one is the beginning of a longer one."""
    assert len(keyed_hash(KEY, "case", "x", size=size)) == 2 * size
    assert keyed_hash(KEY, "case", "x", size=32).startswith(keyed_hash(KEY, "case", "x", size=size))


@pytest.mark.parametrize(("parts", "size"), [((), 16), (("a",), 0), (("a",), 33)])
def test_a_domain_and_a_possible_size_are_needed(parts: tuple[str, ...], size: int) -> None:
    """A caller's mistake is an error, not a weak hash."""
    with pytest.raises(ValueError, match="needs a domain"):
        keyed_hash(KEY, *parts, size=size)


@given(
    st.from_regex(r"\A[\w-]{0,15}\Z")
    | st.from_regex(r"\A(?:00|[a-f]{2}\d\d)?[0-9a-f]{8,24}\Z")
    | st.from_regex(r"\A[0-9+-]{6,16}\Z")
    | st.uuids().map(str)
    | st.text(max_size=40)
)
def test_an_id_that_is_not_looked_into_has_nothing_to_find(id: str) -> None:
    """The short way for plain ids gives what the long way gives."""
    assert not (pseudonym._OPAQUE.fullmatch(id) and pseudonym._tells(id))


@pytest.mark.parametrize(
    "id", ["123-45-6789", "0049-301234567", "a-0049301234567", "de89370400440532013000", "x y"]
)
def test_an_id_that_tells_is_a_pseudonym_however_plain(id: str) -> None:
    """A social security number, a number to call, an IBAN, two words: of letters and digits all."""
    assert stored_id(KEY, id).startswith("id-")


@pytest.mark.parametrize(
    "id", ["i-1", "00", "f00d00b5", "0123456789abcdef", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"]
)
def test_a_plain_id_stays(id: str) -> None:
    """Whichever way it goes."""
    assert stored_id(KEY, id) == id
