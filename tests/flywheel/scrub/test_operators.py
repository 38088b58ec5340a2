"""What stands in a value's place: each operator, twice is once, and who is told apart."""

import re

import pytest

from flywheel.errors import ConfigError, ScrubError
from flywheel.scrub import Scrubber
from flywheel.scrub.placeholders import PLACEHOLDER, Keyring, mask
from flywheel.scrub.sealing import Seal, unseal
from flywheel.settings import ScrubSettings
from schemas.personal_data import OperatorName
from tests.flywheel.scrub.conftest import KEY
from tests.flywheel.scrub.policies import scrubber_with

SECRET = "an encryption key of the owner"
SETTINGS = ScrubSettings(encryption_key=SECRET)
TEXT = "I'm Nora Keller, nora@example.org, card 4677664555482204. Ask Ms Keller, not Ann Lee: 10%."
VALUES = ("Nora", "Keller", "nora@", "4677664555482204", "Ann Lee")


def scrubber_of(operator: OperatorName, **more: int) -> Scrubber:
    return scrubber_with(SETTINGS, operators={"default": operator, **more})


@pytest.mark.parametrize("operator", ["replace", "mask", "hash", "encrypt", "surrogate"])
def test_scrubbing_twice_is_scrubbing_once(operator: OperatorName) -> None:
    """Each operator writes what the scrubber knows as its own, in the right places."""
    scrubber = scrubber_of(operator, mask_keeps=4)
    [[once]] = scrubber.scrub_groups([[("messages", TEXT)]])
    assert not any(value in once.text for value in VALUES)
    assert once.text.startswith("I'm <PERSON_") and once.text.endswith(">: 10%.")
    assert [TEXT[found.start : found.end] for found in once.entities] == [
        "Nora Keller",
        "nora@example.org",
        "4677664555482204",
        "Ms Keller",
        "Ann Lee",
    ]
    [[twice]] = scrubber.scrub_groups([[("messages", once.text)]])
    assert (twice.text, twice.entities) == (once.text, ())


@pytest.mark.parametrize("operator", ["replace", "hash", "encrypt"])
def test_two_values_never_become_one(operator: OperatorName) -> None:
    """Shares owned by A and shares owned by B stay two questions."""
    scrubber = scrubber_of(operator)
    people = [f"Shares owned by Mr. {name}?" for name in ("Nora Keller", "Ann Lee", "Bo Keller")]
    assert len({scrubber.scrub_text(one) for one in people}) == 3
    assert scrubber.scrub_text(people[0]) == scrubber_of(operator).scrub_text(people[0])


def test_a_mask_is_lossy_and_says_so() -> None:
    """Two people become one; of numbers it may show the last characters, of names none."""
    scrubber = scrubber_of("mask")
    assert scrubber.scrub_text("I'm Nora Keller") == scrubber.scrub_text("I'm Ann Lee")
    assert mask("CREDIT_CARD", "4677-6645 5548 2204", 4) == "<CREDIT_CARD_****2204>"
    assert mask("CREDIT_CARD", "4677664555482204", 0) == "<CREDIT_CARD_****>"
    assert mask("PERSON", "Nora Keller", 4) == "<PERSON_****>"
    assert mask("PHONE_NUMBER", "5550143", 4) == "<PHONE_NUMBER_****>"


def test_a_type_has_its_own_operator() -> None:
    """The policy names them by type; the others take the default."""
    operators = {"default": "replace", "by_type": {"CREDIT_CARD": "mask", "PERSON": "hash"}}
    text = scrubber_with(operators=operators).scrub_text(TEXT)
    kinds = [match["token"][:4] for match in PLACEHOLDER.finditer(text)]
    assert (kinds[0], kinds[2]) == ("hash", "****")
    assert re.fullmatch("[a-z2-7]{4}", kinds[1])


def test_a_hash_is_keyed_and_joins_spellings() -> None:
    """Nobody without the key can test a guess; 256 bits do not collide."""
    made = Keyring(KEY).hash("PERSON", "Mr. Nora Keller")
    assert made == Keyring(KEY).hash("PERSON", "nora keller")
    assert made != Keyring(b"another key of some length").hash("PERSON", "nora keller")
    assert re.fullmatch(r"<PERSON_hash_[0-9a-f]{64}>", made)


def test_the_owner_reads_again_what_was_encrypted() -> None:
    """To the letter, with the key alone; another key opens nothing."""
    scrubbed = scrubber_of("encrypt").scrub_text(TEXT)
    assert unseal(scrubbed, SECRET) == TEXT
    assert unseal(scrubbed, "another key of the owner") == scrubbed
    assert unseal("as <PERSON_k3f9q2xa> said", SECRET) == "as <PERSON_k3f9q2xa> said"


def test_what_was_encrypted_cannot_be_passed_off_as_another_type() -> None:
    """The type is authenticated; so is every bit."""
    seal = Seal(SECRET)
    made = PLACEHOLDER.fullmatch(seal.close("PERSON", "Nora Keller"))
    assert made is not None
    assert seal.open("PERSON", made["sealed"]) == "Nora Keller"
    assert seal.open("SECRET", made["sealed"]) is None
    assert seal.open("PERSON", made["sealed"][:-1]) is None
    assert seal.open("PERSON", "a" * 40) is None


def test_a_missing_or_short_encryption_key_stops_it() -> None:
    """Nothing passes because a key was forgotten; the message names the setting, not its value."""
    without = scrubber_with(operators={"default": "encrypt"})
    with pytest.raises(ConfigError, match="FLYWHEEL_SCRUB__ENCRYPTION_KEY"):
        without.scrub_text(TEXT)
    with pytest.raises(ConfigError, match="16 characters") as caught:
        scrubber_with(
            ScrubSettings(encryption_key="a-short-one"), operators={"default": "encrypt"}
        ).scrub_text(TEXT)
    assert "a-short-one" not in str(caught.value)
    assert not isinstance(caught.value, ScrubError)


def test_the_encryption_key_is_never_shown() -> None:
    """Neither repr nor JSON of the settings holds it."""
    assert SECRET not in repr(SETTINGS) + SETTINGS.model_dump_json()
