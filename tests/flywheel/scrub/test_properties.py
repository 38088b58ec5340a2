"""What holds for any text: offsets, idempotence, nothing planted left, no order that matters."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flywheel.scrub import Field, Scrubbed, Scrubber, find_residual
from flywheel.scrub.accounts import passes_luhn
from flywheel.scrub.placeholders import Keyring
from flywheel.settings import ScrubSettings
from tests.flywheel.scrub.conftest import KEY

KEYRING = Keyring(KEY)
SCRUBBER = Scrubber(ScrubSettings(), KEY)
FIELDS: list[Field] = ["messages", "output", "context", "comment", "correction", "tags", "reason"]

quick: Any = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _card(digits: str) -> str:
    return next(c for last in "0123456789" if passes_luhn(c := f"4{digits}{last}"))


def _iban(account: str) -> str:
    check = 98 - int("".join(str(int(c, 36)) for c in f"{account}DE00")) % 97
    return f"DE{check:02}{account}"


octet = st.integers(30, 255)
emails = st.from_regex(
    r"[a-z][a-z0-9]{1,8}(\.[a-z]{1,6})?@[a-z]{2,8}\.(com|org|de)", fullmatch=True
)
planted = st.one_of(
    emails,
    st.from_regex(r"[0-9]{14}", fullmatch=True).map(_card),
    st.from_regex(r"[1-9][0-9]{17}", fullmatch=True).map(_iban),
    st.from_regex(r"\([0-9]{3}\) 555-[0-9]{4}", fullmatch=True),
    st.from_regex(r"\+4[49] [1-9][0-9]{2} [0-9]{3} [0-9]{4}", fullmatch=True),
    st.from_regex(r"[1-5][0-9]{2}-[1-9][0-9]-[1-9][0-9]{3}", fullmatch=True),
    st.builds("{}.{}.{}.{}".format, octet, octet, octet, octet),
)
names = st.sampled_from(["Donna Petersen", "Kevin Adams", "April Thomas", "Jürgen Köhler"])
words = st.sampled_from(
    [
        "Net sales rose 4.0% to $1,452.4 in 2019.",
        "| 2019 | 2018 |\n| Total | 12 | (3) |",
        "",
        "What was EBITDA in Europe?",
        "Send it to",
        "My name is",
        "phone",
        "card",
        "see Note 12,",
        "é,",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text of report-like pieces, and what was planted between them."""
    pieces, secret = [], []
    for _ in range(draw(st.integers(1, 5))):
        pieces.append(draw(words))
        if draw(st.booleans()):
            secret.append(draw(planted))
            pieces.append(secret[-1])
        if draw(st.booleans()):
            pieces.append(f"My client {draw(names)} asked.")
    return " ".join(pieces), secret


def rebuilt(text: str, scrubbed: Scrubbed) -> str:
    parts, at = [], 0
    for found in scrubbed.entities:
        assert at <= found.start < found.end <= len(text)
        value = text[found.start : found.end]
        parts += [text[at : found.start], KEYRING.placeholder(found.type, value)]
        at = found.end
    return "".join([*parts, text[at:]])


@quick
@given(documents())
def test_offsets_rebuild_the_scrubbed_text(given_text: tuple[str, list[str]]) -> None:
    """Placeholders put where the findings stood give exactly the result."""
    text, _ = given_text
    [[scrubbed]] = SCRUBBER.scrub_groups([[("comment", text)]])
    assert rebuilt(text, scrubbed) == scrubbed.text


@quick
@given(documents(), st.sampled_from(FIELDS))
def test_nothing_planted_is_left(given_text: tuple[str, list[str]], field: Field) -> None:
    """In any field, and the checks after scrubbing agree."""
    text, secret = given_text
    scrubbed = SCRUBBER.scrub_text(text, field)
    assert [value for value in secret if value in scrubbed] == []
    assert find_residual(scrubbed) == frozenset()


@quick
@given(st.lists(documents(), min_size=1, max_size=4), st.sampled_from(FIELDS))
def test_scrubbing_again_changes_nothing(
    given_texts: list[tuple[str, list[str]]], field: Field
) -> None:
    """Of a group, of its texts alone, in any field."""
    group: list[tuple[Field, str]] = [(field, text) for text, _ in given_texts]
    [once] = SCRUBBER.scrub_groups([group])
    [again] = SCRUBBER.scrub_groups([[(field, one.text) for one in once]])
    assert [one.text for one in again] == [one.text for one in once]
    assert all(one.entities == () for one in again)
    assert [SCRUBBER.scrub_text(one.text, field) for one in once] == [one.text for one in once]


@quick
@given(
    st.lists(st.lists(documents(), min_size=1, max_size=2), min_size=2, max_size=5), st.randoms()
)
def test_neither_order_nor_batching_matters(
    given_groups: list[list[tuple[str, list[str]]]], random: Random
) -> None:
    """One call for all, one for each, in any order, with a fresh memory: the same results."""
    groups: list[list[tuple[Field, str]]] = [
        [("messages", text) for text, _ in group] for group in given_groups
    ]
    together = SCRUBBER.scrub_groups(groups)
    order = list(range(len(groups)))
    random.shuffle(order)
    fresh = Scrubber(ScrubSettings(), KEY)
    apart = {number: fresh.scrub_groups([groups[number]])[0] for number in order}
    assert [apart[number] for number in range(len(groups))] == together


@quick
@given(st.text(max_size=200), st.sampled_from(FIELDS))
def test_any_unicode_text_is_scrubbed_once_and_for_all(text: str, field: Field) -> None:
    """Control characters, right-to-left, combining marks: offsets right and idempotent."""
    [[scrubbed]] = SCRUBBER.scrub_groups([[(field, text)]])
    assert rebuilt(text, scrubbed) == scrubbed.text
    assert SCRUBBER.scrub_text(scrubbed.text, field) == scrubbed.text
