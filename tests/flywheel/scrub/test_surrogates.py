"""Invented values in what leaves the store."""

import json

from flywheel.scrub.placeholders import PLACEHOLDER, Keyring
from flywheel.scrub.surrogates import Surrogates
from schemas.personal_data import OperatorName, Operators
from tests.flywheel.scrub.conftest import KEY

KEYRING = Keyring(KEY)


def surrogates(default: OperatorName = "surrogate", **by_type: OperatorName) -> Surrogates:
    return Surrogates(Operators(default=default, mask_keeps=0, by_type=by_type))


def test_the_same_person_is_the_same_surrogate_in_every_file() -> None:
    """It is drawn from the placeholder alone."""
    nora, ann = (KEYRING.placeholder("PERSON", name) for name in ("Nora Keller", "Ann Lee"))
    first = surrogates().write(f"{nora} met {ann}; {nora} left.")
    assert surrogates().write(f"{nora} left.") in first
    assert not PLACEHOLDER.search(first)
    one, other = surrogates().write(nora), surrogates().write(ann)
    assert first == f"{one} met {other}; {one} left."


def test_two_people_of_a_file_are_never_one_surrogate() -> None:
    """3,000 of them: more than enough for two draws to meet by chance."""
    writer = surrogates()
    made = [writer.write(KEYRING.placeholder("PERSON", f"Person {n}")) for n in range(3000)]
    assert len(set(made)) == 3000


def test_every_type_with_a_surrogate_stays_one_json_string() -> None:
    """Exports are JSON lines: no surrogate holds a quote or a line end."""
    kinds: tuple[str, ...] = (
        "PERSON",
        "EMAIL_ADDRESS",
        "PHONE_NUMBER",
        "CREDIT_CARD",
        "IBAN_CODE",
        "US_SSN",
    )
    kinds = (*kinds, "IP_ADDRESS", "MAC_ADDRESS", "STREET_ADDRESS")
    for kind in kinds:
        for n in range(50):
            line = json.dumps({"text": KEYRING.placeholder(kind, f"value {n}")})
            written = surrogates().write(line)
            assert written != line
            assert "<" not in json.loads(written)["text"]


def test_other_operators_and_types_without_a_surrogate_keep_their_placeholder() -> None:
    """An invented password helps nobody."""
    secret, nora = KEYRING.placeholder("SECRET", "x"), KEYRING.placeholder("PERSON", "Nora Keller")
    assert surrogates().write(secret) == secret
    assert surrogates("replace", EMAIL_ADDRESS="surrogate").write(nora) == nora
