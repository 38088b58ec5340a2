"""The invented people: personal data that looks real to a detector and reaches nobody."""

from flywheel.demo.people import iban_check, luhn_digit, make_people


def _valid_card(text: str) -> bool:
    digits = [int(char) for char in text.replace(" ", "")]
    doubled = [value * 2 if place % 2 else value for place, value in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _valid_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def test_check_digits_agree_with_published_examples() -> None:
    """The Luhn digit of a known test card; the check digits of ISO 13616's own example."""
    assert luhn_digit("411111111111111") == "1"
    assert iban_check("GB", "WEST12345698765432") == "82"


def test_cards_and_accounts_pass_the_checks_of_detectors() -> None:
    """Every card is valid by Luhn, every IBAN by MOD 97."""
    for person in make_people(3):
        assert _valid_card(person.card), person.card
        assert _valid_iban(person.iban), person.iban


def test_nobody_can_be_reached() -> None:
    """Addresses are in example.com, phone numbers in ranges that are kept for fiction."""
    for person in make_people(3):
        assert person.email.endswith(".example.com")
        assert person.phone.startswith(("+49 30 23125 ", "+44 20 7946 0", "+1 212-555-01"))


def test_people_have_different_names_and_are_repeatable() -> None:
    """The same seed gives the same people."""
    people = make_people(3)
    assert len({person.name for person in people}) == 60
    assert people == make_people(3)
    assert people != make_people(4)


def test_a_template_says_what_it_gives_away() -> None:
    """Exactly the values that filling it puts into the text."""
    person = make_people(3)[0]
    template = "This is {name}, card {card}. {q}"
    text = person.fill(template, q="Well?")
    slips = person.slips(template)
    assert slips == {person.name: "PERSON", person.card: "CREDIT_CARD"}
    assert all(value in text for value in slips)
    assert person.email not in text
