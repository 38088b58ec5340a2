"""The cheap looks change no result: what they skip holds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flywheel.scrub.engine import Engine
from flywheel.scrub.needs import NEEDS, may_hold
from flywheel.scrub.patterns import PATTERNS
from flywheel.settings import ScrubSettings
from tests.flywheel.scrub.test_properties import planted, words

SKIPPING = Engine(ScrubSettings())
THOROUGH = Engine(ScrubSettings(), plain=True)

numberless = st.lists(
    st.one_of(
        words,
        st.text("abcdefABCDEF:.-/@ %[](){}'\"=_\n", max_size=30),
        st.sampled_from(
            "nora [at] example [dot] com|NORA (AT) EXAMPLE (DOT) COM|nora at mail dot example dot"
            " com|ab:cd:ef:ab:cd:ef|fe::ab|bc1qar|call me at|IBAN DE|card number is|Rue de la Paix"
            "|Via Roma, Milano|ftp://a:b@example.com/|www.example.com?token=abc|key=abc&sig=x"
            "|wallet DAbcdefGHJKLMNPQRSTUVWXYZabcde"
            "|P.O. Box|Unter den Linden, Berlin|password is hunter|Bearer abcdef".split("|")
        ),
    ),
    max_size=6,
).map(" ".join)


@pytest.mark.parametrize("entity", NEEDS)
@given(text=st.one_of(numberless, st.text(max_size=80)))
@settings(max_examples=150, deadline=None)
def test_what_is_skipped_holds_nothing(entity: str, text: str) -> None:
    """For each type: a text without what it needs has no match of the pattern itself."""
    if not may_hold(entity, text):
        assert list(PATTERNS[entity](text)) == []


@given(st.lists(st.one_of(numberless, planted, st.text(max_size=80)), max_size=3).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_skipping_changes_no_finding(text: str) -> None:
    """With all types together, with the way a text is viewed, in both kinds of fields."""
    for names in (False, True):
        skipped = SKIPPING.analyze([text], names=names)
        assert skipped == THOROUGH.analyze([text], names=names)


def test_every_need_is_some_patterns() -> None:
    """A pattern that is renamed leaves no need behind."""
    assert set(NEEDS) <= set(PATTERNS)


def test_a_wallet_without_a_digit_is_looked_for() -> None:
    """Base58 is mostly letters: a Dogecoin or Ripple address may have nothing else."""
    for wallet in ("DAbcdefGHJKLMNPQRSTUVWXYZabcde", "rAbcdefGHJKLMNPQRSTUVWXYZabcde"):
        found = SKIPPING.analyze([f"my wallet {wallet}"], names=False)
        assert [[span.type for span in spans] for spans in found] == [["CRYPTO"]]


@pytest.mark.parametrize("digit", "7٧७７𝟕৭๗")
def test_digits_of_any_script_count(digit: str) -> None:
    """Patterns read them as digits; they are not skipped for being no ASCII."""
    assert may_hold("PHONE_NUMBER", digit)
