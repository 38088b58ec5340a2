"""What holds for any text: offsets, idempotence, nothing planted left, no order that matters."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flywheel.scrub import Field, Scrubbed, Scrubber, find_residual
from flywheel.scrub.accounts import passes_luhn
from flywheel.scrub.engine import Engine
from flywheel.scrub.found import Findings, Refused
from flywheel.scrub.placeholders import Keyring
from flywheel.settings import ScrubSettings
from schemas.fault import Reason
from tests.flywheel.scrub.conftest import KEY

KEYRING = Keyring(KEY)
SCRUBBER = Scrubber(ScrubSettings(), KEY)


class Plain(Scrubber):
    """Text by text, nothing skipped, nothing remembered."""

    _plain = Engine(ScrubSettings(), plain=True)

    def _look_up(self, texts: dict[str, None], names: bool) -> dict[str, Findings]:
        return {text: self._plain.analyze([text], names=names)[0] for text in texts}


PLAIN = Plain(ScrubSettings(processes=1), KEY)
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


@quick
@given(st.lists(st.lists(documents(), min_size=1, max_size=3), min_size=1, max_size=3))
def test_quick_equals_plain(given_groups: list[list[tuple[str, list[str]]]]) -> None:
    """Memory, reading ahead and skipping change nothing against one text after the other."""
    groups: list[list[tuple[Field, str]]] = [
        [(field, text) for field, (text, _) in zip(FIELDS, group, strict=False)]
        for group in given_groups
    ]
    assert SCRUBBER.scrub_groups(groups) == [PLAIN.scrub_groups([g])[0] for g in groups]


@quick
@given(documents())
def test_cached_equals_uncached(given_text: tuple[str, list[str]]) -> None:
    """A scrubber that only knows a text from an earlier run gives the same."""
    text, _ = given_text
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scrub.sqlite"
        group: list[tuple[Field, str]] = [("comment", text), ("context", text)]
        first = Scrubber(ScrubSettings(), KEY, path).scrub_groups([group])
        again = Scrubber(ScrubSettings(), KEY, path).scrub_groups([group])
    assert first == again == SCRUBBER.scrub_groups([group])


SIZE = 200_000
HARD = {
    "whitespace": " \n\t" * (SIZE // 3),
    "one letter": "a" * SIZE,
    "one digit": "1" * SIZE,
    "capitals": "A " * (SIZE // 2),
    "at signs": "@" * SIZE,
    "brackets": "[" * SIZE,
    "colons": "a:" * (SIZE // 2),
    "minus": "1-" * (SIZE // 2),
    "control": "\x00\x01\x1b[0m\x7f" * (SIZE // 7),
    "marks": "\u202e\u200b\u2066" * (SIZE // 3),
    "accents": "e\u0301" * (SIZE // 2),
    "percent": "%41%42" * (SIZE // 6),
    "entities": "&#64;&amp;" * (SIZE // 10),
    "keys": "-----BEGIN PRIVATE KEY-----" * (SIZE // 27),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_texts_are_done_in_bounded_time(name: str) -> None:
    """Far within the time-out that would refuse them, and without an error."""
    [result] = SCRUBBER.try_groups([[("comment", HARD[name])]])
    assert isinstance(result, list)
    assert len(result[0].text) <= SIZE


def test_a_million_of_one_letter() -> None:
    """The longest text there may be, and one letter more."""
    assert SCRUBBER.scrub_text("a" * 10**6) == "a" * 10**6
    refused = SCRUBBER.try_groups([[("comment", "a" * (10**6 + 1))]])
    assert refused == [Refused(Reason.TEXT_TOO_LONG, 0)]


def test_ten_thousand_addresses() -> None:
    """All go, each by its own placeholder."""
    text = "\n".join(f"user{n}@example{n % 7}.com" for n in range(10_000))
    [[scrubbed]] = SCRUBBER.scrub_groups([[("comment", text)]])
    assert "@" not in scrubbed.text and len(scrubbed.entities) == 10_000
    assert len(set(scrubbed.text.splitlines())) == 10_000


ADDRESS = "nora.keller@example.com"


@pytest.mark.parametrize(
    "hidden",
    [
        "nora.kel\u200bler@exam\u2060ple.com",
        "\u202enora.keller@example.com\u202c",
        "nora.keller＠example.com",
        "ｎｏｒａ.ｋｅｌｌｅｒ@example.com",
        "nora.keller%40example.com",
        "nora.keller&#64;example.com",
        "nora.keller&#x40;example&period;com",
        "nora.keller\\u0040example.com",
    ],
)
@pytest.mark.parametrize("at", ["{}", "see <{}>, he said", '{{"mail": "{}"}}'])
def test_a_disguise_that_a_reader_sees_through_hides_nothing(hidden: str, at: str) -> None:
    """Invisible and bidirectional marks, full width, URL, HTML and JSON encoding."""
    text = at.format(hidden)
    [[scrubbed]] = SCRUBBER.scrub_groups([[("comment", text)]])
    assert [found.type for found in scrubbed.entities] == ["EMAIL_ADDRESS"]
    assert rebuilt(text, scrubbed) == scrubbed.text
    assert "keller" not in scrubbed.text and "ler" not in scrubbed.text


@pytest.mark.parametrize("digits", ["４０６-５５５-０１８３", "٤٠٦-٥٥٥-٠١٨٣"])
def test_digits_of_other_scripts_are_digits(digits: str) -> None:
    """A number is a number to whoever reads it."""
    assert digits not in SCRUBBER.scrub_text(f"call me at {digits}")
