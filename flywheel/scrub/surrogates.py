"""The operator `surrogate`: invented, realistic values for text that leaves the store.

A surrogate cannot stand where text is scrubbed again: nobody can tell a Nora Keller who was
invented from one who was not, so the second scrub would take her for a person. So the store, and
all that is scrubbed, holds the keyed placeholder; an export writes the surrogate, which is drawn
from the placeholder alone. No original value is needed for that, or known by then.
"""

from collections.abc import Callable
from typing import Final

from faker import Faker

from flywheel.scrub.placeholders import PLACEHOLDER
from schemas.personal_data import Operators

Draw = Callable[[Faker], str]

_DRAWS: Final[dict[str, Draw]] = {
    "PERSON": lambda fake: f"{fake.first_name()} {fake.last_name()}",
    "EMAIL_ADDRESS": lambda fake: fake.ascii_safe_email(),
    "PHONE_NUMBER": lambda fake: fake.numerify("+1 %##-555-01##"),  # reserved for fiction
    "CREDIT_CARD": lambda fake: fake.credit_card_number("visa16"),
    "IBAN_CODE": lambda fake: fake.iban(),
    "US_SSN": lambda fake: fake.ssn("INVALID_SSN"),
    "IP_ADDRESS": lambda fake: fake.hexify("2001:db8:^^^^:^^^^::1"),  # RFC 3849: documentation
    "MAC_ADDRESS": lambda fake: fake.hexify("02:00:5e:^^:^^:^^"),
    "STREET_ADDRESS": lambda fake: fake.address().replace("\n", ", "),
}
"""An invented secret or wallet helps nobody: types that are not here keep their placeholder."""


class Surrogates:
    """Writes surrogates: one for each placeholder, never one for two, within all it writes."""

    def __init__(self, operators: Operators) -> None:
        self._operators = operators
        self._fake = Faker("en_US")
        self._made: dict[str, str] = {}
        self._taken: set[str] = set()

    def write(self, text: str) -> str:
        """The text with surrogates for the placeholders whose type's operator it is."""
        return PLACEHOLDER.sub(lambda m: self._surrogate(m["type"], m[0]), text)

    def _surrogate(self, type: str, placeholder: str) -> str:
        if self._operators.of(type) != "surrogate" or type not in _DRAWS:
            return placeholder
        if placeholder not in self._made:
            made = self._draw(type, placeholder)
            self._made[placeholder] = made
            self._taken.add(made)
        return self._made[placeholder]

    def _draw(self, type: str, placeholder: str) -> str:
        self._fake.seed_instance(placeholder)  # the same placeholder draws the same, anywhere
        while (made := _DRAWS[type](self._fake)) in self._taken:
            pass  # another placeholder had it first: the next draw is as determined
        return made
