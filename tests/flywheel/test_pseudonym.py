"""Pseudonyms are stable under one key, differ by domain, and cannot be had without the key."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flywheel.pseudonym import keyed_hash, session_key, user_key

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
